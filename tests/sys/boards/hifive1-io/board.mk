# SPDX-License-Identifier: Apache-2.0
# HiFive1 Rev B with GPIO, a button and IPC: what its own board leaves out
# because flash is dear.

include boards/hifive1-revb/board.mk
BOARD_SOURCES := $(filter-out boards/hifive1-revb/board.c,$(BOARD_SOURCES)) \
    drivers/button.c drivers/gpio.c tests/sys/boards/hifive1-io/board.c
MEMORY_DIR := boards/hifive1-revb

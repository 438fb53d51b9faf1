# SPDX-License-Identifier: Apache-2.0
# HiFive1 Rev B with GPIO, a button and IPC: what its own board leaves out
# because flash is dear. Nothing can be installed on it.

include tests/sys/boards/hifive1-static/board.mk
BOARD_SOURCES := $(HIFIVE1_SOURCES) loader/boot.c drivers/button.c \
    drivers/gpio.c tests/sys/boards/hifive1-io/board.c

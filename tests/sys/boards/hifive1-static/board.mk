# SPDX-License-Identifier: Apache-2.0
# HiFive1 Rev B with the apps that were put into its flash, and no way to change
# them: what a kernel takes that loads nothing.

MEMORY_DIR ?= tests/sys/boards/hifive1-static
include boards/hifive1-revb/board.mk
BOARD_SOURCES := $(HIFIVE1_SOURCES) $(CONSOLE_SOURCES) loader/boot.c \
    tests/sys/boards/hifive1-static/board.c
APP_RAM_BASE := 0x80001000
APP_RAM_STRIDE := 0x1000

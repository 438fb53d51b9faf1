# SPDX-License-Identifier: Apache-2.0
# An empty port. It builds, and says on the board what is to be written next:
# docs/porting.md.

BOARD_PMP_ENTRIES := 8
BOARD_CFLAGS := -DPMP_ENTRIES=8 -DDRIVER_INDEX_BITS=4
BOARD_SOURCES := boards/template/board.c \
    chips/template/chip.c chips/template/missing.c chips/template/uart.c \
    drivers/alarm.c drivers/console.c drivers/low_level_debug.c drivers/mux.c \
    loader/boot.c $(CONSOLE_SOURCES)

APPS ?= hello

# Where apps lie that are linked for fixed addresses, each for a slot.
APP_FLASH_BASE := 0x20040000
APP_FLASH_STRIDE := 0x8000
APP_RAM_BASE := 0x80002000
APP_RAM_STRIDE := 0x1000
APP_SLOTS := 2

APPS_BASE := 0x20040000
APPS_SIZE := 0x100000

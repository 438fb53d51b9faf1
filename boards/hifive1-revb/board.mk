# SPDX-License-Identifier: Apache-2.0
# SiFive HiFive1 Rev B (FE310-G002): 16 KiB of RAM, 8 PMP entries.

BOARD_PMP_ENTRIES := 8
SMEPMP := none
# Flash is dear here: prologues are shared (libgcc's save and restore), strings
# are packed, and what makes code faster by making it longer is off. In order.ld
# callers and callees are neighbours.
BOARD_CFLAGS := -DPMP_ENTRIES=8 -DDRIVER_INDEX_BITS=0 -msave-restore \
    -malign-data=natural -fno-inline-small-functions -fno-thread-jumps \
    -fno-caller-saves -fno-shrink-wrap -fno-code-hoisting -fno-ipa-sra \
    -fno-tree-dominator-opts -fipa-pta -fno-ssa-phiopt
MEMORY_DIR ?= boards/hifive1-revb
# Those that system calls and switches run through lie together (make order).
HOT_FUNCTIONS := boards/hifive1-revb/hot.txt
# What memory.ld says of the apps' memory, as constants for the compiler:
# addresses that only the linker knows would have to be kept and loaded.
BOARD_CFLAGS += $(shell sed -n 's/^\(APP_[A-Z_]*\) = \(.*\);/-DMEMORY_\1=\2u/p' \
    $(MEMORY_DIR)/memory.ld)
# What the board has in any case, and what live loading takes.
HIFIVE1_SOURCES := boards/hifive1-revb/machine.c \
    chips/common/clint.c chips/common/counters.c chips/common/plic.c \
    chips/sifive-e/uart.c chips/sifive-e/gpio.c chips/sifive-e/prci.c chips/sifive-e/clock.c chips/sifive-e/watchdog.c \
    drivers/alarm.c drivers/console.c drivers/led.c \
    drivers/low_level_debug.c drivers/mux.c
HIFIVE1_LIVE_SOURCES := boards/hifive1-revb/live.c \
    chips/common/spi_nor.c chips/common/spi_nor_ram.c \
    chips/sifive-e/spi_flash.c chips/sifive-e/spi_flash_ram.c \
    chips/sifive-e/kept_uart.c chips/sifive-e/kept_uart_ram.c \
    drivers/framed_uart.c $(LIVE_SOURCES) \
    $(filter-out loader/app_loader.c loader/authority.c,$(LOADER_SOURCES))
BOARD_SOURCES := boards/hifive1-revb/board.c $(HIFIVE1_SOURCES) $(HIFIVE1_LIVE_SOURCES) \
    $(CONSOLE_SOURCES)

APPS ?= hello blink sensor

# Where apps lie that are linked for fixed addresses, each for a slot.
APP_FLASH_BASE := 0x20040000
APP_FLASH_STRIDE := 0x8000
APP_RAM_BASE := 0x80001500
APP_RAM_STRIDE := 0xE00
APP_SLOTS := 3

# boards/hifive1-revb/openocd.cfg
FLASH_WITH := openocd

# QEMU has no SPI flash, no watchdog, and too many PMP entries.
RUN_ON ?= sim
SIM_MODEL := hifive1-revb
# On the model: the flash that the chip runs from, and an instruction takes 64 ns
# as at 16 MHz. Else a busy flash is polled more often than the model has time for.
FLASH_BASE := 0x20000000
FLASH_SIZE := 0x400000
SIM_REAL := --shift 6

QEMU_MACHINE := sifive_e,revb=true
QEMU_LOAD := loader
APPS_BASE := 0x20040000
APPS_SIZE := 0x100000

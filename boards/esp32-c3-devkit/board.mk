# SPDX-License-Identifier: Apache-2.0
# ESP32-C3-DevKitM-1 and DevKitC-02 (ESP32-C3): 384 KiB of SRAM, 4 MiB of flash.

BOARD_PMP_ENTRIES := 16
# Of functions with one text the compiler would keep one, and tell the stack check
# of no other.
BOARD_CFLAGS := -DPMP_ENTRIES=16 -DDRIVER_INDEX_BITS=6 -fno-ipa-icf
HOT_CFLAGS := -O2
USER_COPY := plain
# Which line is the console: uart0, the USB socket's bridge, or usb, the chip's
# own USB port at GPIO18 and 19.
CONSOLE ?= uart0
# Where apps run: flash, or ram, each from a copy of its own.
CODE ?= flash
BOARD_CFLAGS += -DBOARD_CODE_IN_RAM=$(if $(filter ram,$(CODE)),1,0)
BOARD_SOURCES := boards/esp32-c3-devkit/board.c boards/esp32-c3-devkit/flash_plan.c \
    boards/esp32-c3-devkit/line_$(CONSOLE).c \
    arch/riscv32/vector_table.S chips/esp32c3/direct_boot.S \
    chips/common/flash_mux.c chips/common/spi_nor.c chips/common/spi_nor_ram.c \
    chips/common/noise_entropy.c chips/common/noise_health.c \
    $(addprefix chips/esp32c3/,clock.c flash_bytes.c flash_map_ram.c gpio.c intc.c performance.c rng.c \
    spi_flash_ram.c systimer.c watchdog.c ws2812.c $(if $(filter usb,$(CONSOLE)),usb_serial.c,uart.c)) \
    crypto/bearssl_digest.c drivers/button.c drivers/gpio.c drivers/rng.c \
    drivers/alarm.c drivers/console.c drivers/crc.c drivers/framed_uart.c \
    drivers/led.c drivers/low_level_debug.c drivers/mux.c drivers/read_only_state.c drivers/turns.c \
    $(CONSOLE_SOURCES) loader/process_info.c \
    $(APPS_SOURCES) $(KEPT_SOURCES) $(LIVE_SOURCES) $(LOADER_SOURCES)

# What makes random bytes of noise.
BEARSSL_SOURCES := $(addprefix codec/,dec32be.c enc32be.c) hash/sha2small.c

APPS ?= hello blink sensor

# Where apps lie that are linked for fixed addresses, each for a slot.
APP_FLASH_BASE := 0x42040000
APP_FLASH_STRIDE := 0x10000
APP_RAM_BASE := 0x3FC9D000
APP_RAM_STRIDE := 0x4000
APP_SLOTS := 8

# How the mask ROM boots it: rom, which copies it to SRAM, or direct.
ESP32C3_BOOT ?= rom
FLASH_BASE := 0x42000000

RUN_ON ?= sim
APPS_BASE := 0x42040000
APPS_SIZE := 0x100000

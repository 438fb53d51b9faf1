# SPDX-License-Identifier: Apache-2.0
# QEMU virt, 32-bit, with the CPU cut down to what microcontrollers have.

BOARD_PMP_ENTRIES := 16
BOARD_CFLAGS := -DPMP_ENTRIES=16 -DDRIVER_INDEX_BITS=6
HOT_CFLAGS := -O2 -fno-schedule-insns -fno-cse-follow-jumps
REST_CFLAGS := -msave-restore
CONFIG_SOURCES := chips/virt/timer.c
BOARD_SOURCES := arch/riscv32/save_restore.S boards/qemu-virt/board.c boards/qemu-virt/flash_plan.c boards/qemu-virt/machine.c \
    chips/common/clint.c chips/common/counters.c chips/common/flash_mux.c chips/common/plic.c \
    chips/virt/cycles.c chips/virt/goldfish_rtc.c chips/virt/pflash.c chips/virt/uart16550.c \
    drivers/alarm.c drivers/calendar.c drivers/console.c drivers/crc.c \
    drivers/cycle_count.c drivers/date_time.c drivers/framed_uart.c drivers/led.c \
    drivers/low_level_debug.c drivers/mux.c drivers/read_only_state.c drivers/turns.c \
    $(CONSOLE_SOURCES) loader/process_info.c \
    $(APPS_SOURCES) $(KEPT_SOURCES) $(LIVE_SOURCES) $(BOOT_MODE_SOURCES) $(LOADER_SOURCES)

APPS ?= hello blink sensor

# Where apps lie that are linked for fixed addresses, each for a slot.
APP_FLASH_BASE := 0x22000000
APP_FLASH_STRIDE := 0x10000
APP_RAM_BASE := 0x80010000
APP_RAM_STRIDE := 0x4000
APP_SLOTS := 8

QEMU_MACHINE := virt
QEMU_CPU := rv32,s=false,h=false,f=false,d=false,mmu=false,zba=false,zbb=false,zbc=false,zbs=false,sstc=false
QEMU_MORE := -object rng-builtin,id=rng0 -device virtio-rng-device,rng=rng0
QEMU_LOAD := pflash
APPS_BASE := 0x22000000
APPS_SIZE := 33554432

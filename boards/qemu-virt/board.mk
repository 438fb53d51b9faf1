# SPDX-License-Identifier: Apache-2.0
# QEMU virt, 32-bit, with the CPU cut down to what microcontrollers have.

BOARD_PMP_ENTRIES := 16
BOARD_CFLAGS := -DPMP_ENTRIES=16 -DDRIVER_INDEX_BITS=6
HOT_CFLAGS := -O3 -fno-schedule-insns -fno-cse-follow-jumps
BOARD_SOURCES := boards/qemu-virt/board.c boards/qemu-virt/machine.c \
    chips/common/clint.c chips/common/counters.c chips/common/plic.c chips/virt/uart16550.c \
    chips/virt/cycles.c chips/virt/goldfish_rtc.c chips/virt/virtio_rng.c \
    crypto/bearssl_aes.c crypto/bearssl_digest.c \
    drivers/aes.c drivers/alarm.c drivers/calendar.c drivers/console.c drivers/crc.c \
    drivers/cycle_count.c drivers/date_time.c drivers/digest_job.c drivers/hmac.c \
    drivers/led.c drivers/low_level_debug.c drivers/mux.c drivers/read_only_state.c \
    drivers/rng.c drivers/sha.c drivers/turns.c \
    loader/boot.c loader/console.c loader/console_commands.c \
    loader/process_info.c

BEARSSL_SOURCES := $(addprefix aead/,ccm.c gcm.c) \
    $(addprefix codec/,dec32be.c dec32le.c dec64be.c enc32be.c enc32le.c enc64be.c) \
    $(addprefix hash/,ghash_ctmul32.c md5.c sha1.c sha2big.c sha2small.c) \
    mac/hmac.c \
    $(addprefix symcipher/,aes_common.c aes_ct.c aes_ct_cbcdec.c aes_ct_ctr.c \
    aes_ct_ctrcbc.c aes_ct_dec.c aes_ct_enc.c)

APPS ?= hello blink sensor

# Until apps are position independent each is linked for a slot of its own.
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

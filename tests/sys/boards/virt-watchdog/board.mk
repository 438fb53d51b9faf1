# SPDX-License-Identifier: Apache-2.0
# Round robin with a watchdog.

include boards/qemu-virt/board.mk
BOARD_SOURCES := $(filter-out boards/qemu-virt/board.c,$(BOARD_SOURCES)) \
    loader/boot.c tests/sys/boards/wiring.c tests/sys/boards/virt-watchdog/board.c
MEMORY_DIR := boards/qemu-virt

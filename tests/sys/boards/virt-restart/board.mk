# SPDX-License-Identifier: Apache-2.0
# A watchdog, and what it ends starts anew.

include boards/qemu-virt/board.mk
BOARD_SOURCES := $(filter-out boards/qemu-virt/board.c,$(BOARD_SOURCES)) \
    loader/boot.c tests/sys/boards/wiring.c tests/sys/boards/virt-restart/board.c
MEMORY_DIR := boards/qemu-virt

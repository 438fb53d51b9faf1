# SPDX-License-Identifier: Apache-2.0
# Apps run from copies of their binaries in RAM.

include boards/qemu-virt/board.mk
BOARD_SOURCES := $(filter-out boards/qemu-virt/board.c,$(BOARD_SOURCES)) \
    loader/boot.c tests/sys/boards/wiring.c tests/sys/boards/virt-ram/board.c
MEMORY_DIR := boards/qemu-virt

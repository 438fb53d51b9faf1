# SPDX-License-Identifier: Apache-2.0
# The multi-level scheduler; faults restart for ever; apps with authority.

include boards/qemu-virt/board.mk
BOARD_SOURCES := $(filter-out boards/qemu-virt/board.c,$(BOARD_SOURCES)) \
    loader/boot.c tests/sys/boards/wiring.c tests/sys/boards/virt-mlfq/board.c
MEMORY_DIR := boards/qemu-virt

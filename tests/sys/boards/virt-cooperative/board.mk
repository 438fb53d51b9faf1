# SPDX-License-Identifier: Apache-2.0
# The cooperative scheduler; faults restart, three times at most.

include boards/qemu-virt/board.mk
BOARD_SOURCES := $(filter-out boards/qemu-virt/board.c,$(BOARD_SOURCES)) \
    loader/boot.c tests/sys/boards/wiring.c tests/sys/boards/virt-cooperative/board.c
MEMORY_DIR := boards/qemu-virt

# SPDX-License-Identifier: Apache-2.0
# Live loading by the loader app.

include boards/qemu-virt/board.mk
BOARD_SOURCES := $(filter-out boards/qemu-virt/board.c drivers/read_only_state.c \
    $(LIVE_SOURCES) $(BOOT_MODE_SOURCES),$(BOARD_SOURCES)) $(LINE_SOURCES) \
    tests/sys/boards/virt-loader/board.c
MEMORY_DIR := boards/qemu-virt

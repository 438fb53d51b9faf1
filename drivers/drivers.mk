# SPDX-License-Identifier: Apache-2.0
# Drivers that come together: what board.mk files add to their BOARD_SOURCES.

# What apps keep in flash, and the operator's view of it.
RECORDS_SOURCES := $(addprefix drivers/,records.c records_flash.c records_index.c records_mount.c \
    records_write.c owners.c)
KEPT_SOURCES := $(RECORDS_SOURCES) $(addprefix drivers/,app_flash.c blocks.c isolated.c keeper.c \
    kept.c kv.c nonvolatile.c) loader/storage.c

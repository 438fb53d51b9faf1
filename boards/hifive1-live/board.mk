# SPDX-License-Identifier: Apache-2.0
# HiFive1 Rev B whose console is `berth`: a kernel that loads apps while it runs and
# leaves the command line to the tool. All else is as in boards/hifive1-revb.

RUN_PLAIN := yes
MEMORY_DIR ?= boards/hifive1-live
include boards/hifive1-revb/board.mk
BOARD_SOURCES := boards/hifive1-live/board.c $(HIFIVE1_SOURCES) $(HIFIVE1_LIVE_SOURCES) \
    $(PLAIN_SOURCES)

# SPDX-License-Identifier: Apache-2.0
# The loading machine and the store: what the board.mk of a board whose app
# flash can be written adds to its BOARD_SOURCES. Others take loader/boot.c.

#
# LOADER_CHECK says how apps are accepted: loader/accept_none.c, or ACCEPT_SOURCES
# and the checkers that the board lists, checker_{hash,hmac,signature}.c, the
# last with VERIFIER_SOURCES.
LOADER_CHECK ?= loader/accept_none.c
ACCEPT_SOURCES := loader/accept.c loader/credential.c pic/footer.c
VERIFIER_SOURCES := loader/verifier.c crypto/verifier.S

LOADER_SOURCES = $(LOADER_CHECK) $(addprefix loader/,app_loader.c authority.c identity.c load.c loader.c update.c store.c \
    store_chain.c store_journal.c store_sector.c store_transfer.c)
# What wires them, the same for every such board.
APPS_SOURCES := boards/common/apps.c
# The operator's end of the serial line, with a command line. Or PLAIN_SOURCES.
CONSOLE_SOURCES := $(addprefix loader/,console.c console_commands.c news.c orders.c)
PLAIN_SOURCES := $(addprefix loader/,plain.c news.c orders.c)
# Live loading over the serial line by the kernel itself, with
# drivers/framed_uart.c.
LIVE_SOURCES := $(addprefix loader/,live.c messages.c proto.c requests.c serve.c)
# The same by the loader app (apps/loader), which has the line by a driver.
LINE_SOURCES := $(addprefix loader/,line.c messages.c proto.c requests.c)
# Bootloader mode, for a board that demands no credentials.
BOOT_MODE_SOURCES := $(addprefix loader/,boot_mode.c bootloader.c store_patch.c)

# SPDX-License-Identifier: Apache-2.0
# Berth. `make help` lists every verb.
#
# Everything is built below build/, from relative paths only, so the tree may
# lie anywhere, spaces included. boards/<b>/board.mk says what a board is made
# of; apps/apps.mk, tools/tools.mk and tests/tests.mk add their own verbs.
# A line `verb: needs ## text` is what `make help` shows.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BOARDS := $(patsubst boards/%/board.mk,%,$(wildcard boards/*/board.mk))
BOARD ?= qemu-virt
# Boards that only tests use lie with the tests.
BOARD_DIR := $(patsubst %/board.mk,%,$(firstword \
    $(wildcard $(addsuffix /$(BOARD)/board.mk,boards tests/sys/boards))))
ifneq ($(words $(BOARD)),1)
$(error BOARD="$(BOARD)" is not one board; there are: $(BOARDS))
endif
ifeq ($(BOARD_DIR),)
$(error no board "$(BOARD)"; there are: $(BOARDS))
endif

SOURCE_FOLDERS := apps arch boards chips crypto drivers include kernel loader pic \
    tests tools

CROSS ?= riscv64-unknown-elf-
B := build/$(BOARD)

include drivers/drivers.mk
include loader/loader.mk
include $(BOARD_DIR)/board.mk

# The verifier is built like an app; kernels carry it.
APP_DIRS := apps crypto
# Where an app may be a single file, beside the folders in apps/.
APP_FILE_DIRS := tests/sys/apps tests/sys/attacks tests/bench tests/pic/corpus
APP_OTHER_FILES := $(wildcard tests/pic/corpus/*.cc tests/pic/corpus/*.S)
# A source that each app of a folder has besides its own.
APP_BESIDE_tests/pic/corpus := tests/pic/said.c

include tools/flags.mk
include kernel/kernel.mk
include tools/tools.mk
include apps/apps.mk
include sdk/sdk.mk
include tests/tests.mk

# Where `make run` boots the board: qemu, or sim, the machine model.
RUN_ON ?= qemu

# yes on a board without a prompt.
RUN_PLAIN ?=

# What `make kernels` builds.
KERNELS ?= $(BOARDS)

# What the board boots: the linked file itself, or what is made of it for its
# flash, as tools/qemu and tools/sim know.
KERNEL_IMAGE := $(if $(filter pflash,$(QEMU_LOAD))$(ESP32C3_BOOT),$(B)/kernel.flash,$(B)/kernel.elf)

ifneq ($(ESP32C3_BOOT),)
# All that lies in front of the apps, for the mask ROM (rom or direct).
$(call write_stamp,$(B)/boot.form,$(ESP32C3_BOOT))
$(B)/kernel.flash: $(B)/kernel.elf build/berth $(B)/boot.form
	@echo "  IMAGE   $@"
	@build/berth image --esp32c3 $(ESP32C3_BOOT) --kernel $< -o $@ --base $(FLASH_BASE) \
	    --apps $(APPS_BASE) --size $$(( $(APPS_BASE) - $(FLASH_BASE) ))
else
# A flash bank of QEMU wants a file of its size; the rest of it is a hole.
$(B)/kernel.flash: $(B)/kernel.bin
	@cp --sparse=always $< $@
	@truncate -s 32M $@
endif

# Options of `berth sign`, for a board that asks for credentials; none: unsigned.
APP_SIGN ?=
SIGNED_IMAGES := $(if $(strip $(APP_SIGN)),$(addprefix $(B)/signed/,$(notdir \
    $(APP_IMAGES))),$(APP_IMAGES))

$(call write_stamp,$(B)/apps.list,$(APPS) $(APP_SIGN))

# The apps in the order of their slots (apps/apps.mk).
$(B)/apps.img: $(APP_IMAGES) build/berth $(B)/apps.list
	@echo "  IMAGE   $@"
ifneq ($(and $(strip $(APP_SIGN)),$(APP_IMAGES)),)
	@rm -rf $(B)/signed && mkdir $(B)/signed && cp $(APP_IMAGES) $(B)/signed
	@build/berth sign $(APP_SIGN) $(SIGNED_IMAGES)
endif
	@build/berth image -o $@ --base $(APPS_BASE) --size $(APPS_SIZE) --pad 0 \
	    $(SIGNED_IMAGES)

# What is written to a board: the kernel, and the apps if they were named.
FLASH_APPS := $(if $(filter-out undefined default file,$(origin APPS)),$(APP_IMAGES))
$(call write_stamp,$(B)/flash.list,$(FLASH_APPS) $(APP_SIGN))

$(B)/board.hex: $(B)/kernel.elf build/berth $(B)/flash.list $(if $(FLASH_APPS),$(B)/apps.img)
	@echo "  HEX     $@"
	@$(OBJCOPY) -O binary --gap-fill 0xFF $< $(B)/kernel.erased.bin
	@start=0x$$($(NM) $(B)/kernel.elf | awk '$$3 == "__rom_start" { print $$1 }') && \
	build/berth image --hex -o $@ --base $$start --size $$(( $(APPS_BASE) + $(APPS_SIZE) - start )) \
	    --kernel $(B)/kernel.erased.bin@$$start --apps $(APPS_BASE) $(if $(FLASH_APPS),$(SIGNED_IMAGES))

.PHONY: help setup run run-now sim gdb gdb-now kernel kernels hex flash size order \
    compile_commands.json format clean $(KERNELS:%=kernel-of-%)

help: ## this list
	@echo 'make VERB [BOARD=$(subst $() $(),|,$(strip $(BOARDS)))] [APPS="name name ..."]'
	@awk -F ':.*## ' '/^[a-z_.-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' \
	    Makefile tests/tests.mk tools/tools.mk apps/apps.mk sdk/sdk.mk

setup: ## install every package the verbs below need (they do it themselves)
	@tools/setup test

# What is installed decides what the makefiles say: hence a second make.
run: ## boot the board with its APPS, its console here (RUN_ON=qemu or sim)
	@tools/setup run
	@$(RUN_REFUSE)
	@$(MAKE) run-now

# Boards that take apps while they run are booted by `berth run`.
RUN_LIVE := $(if $(filter drivers/framed_uart.c,$(BOARD_SOURCES)),build/berth)
# One that runs already is not to lose its flash to apps that are built now.
RUN_REFUSE = $(if $(RUN_LIVE),if [ -t 0 ] && [ -x $(RUN_LIVE) ]; then \
    $(RUN_LIVE) run --check --board $(BOARD) || [ $$? -ne 7 ]; fi)

run-now: $(KERNEL_IMAGE) $(B)/kernel.elf $(B)/apps.img $(if $(filter sim,$(RUN_ON)),build/berth-sim) $(RUN_LIVE)
	@RUN_ON=$(RUN_ON) RUN_LIVE=$(RUN_LIVE) RUN_PLAIN=$(RUN_PLAIN) tools/run $(BOARD) $(B)/kernel.elf $(B)/apps.img

sim: ## the same on the machine model (SIM_FLAGS="--pins ...", see --help of build/berth-sim)
	@$(MAKE) run RUN_ON=sim SIM_FLAGS='$(SIM_FLAGS)'

# Kernel and apps, as esptool writes them; free flash as it is when erased.
$(B)/flash.img: $(B)/kernel.elf $(B)/apps.img build/berth $(B)/boot.form
	@echo "  IMAGE   $@"
	@build/berth image --esp32c3 $(ESP32C3_BOOT) --kernel $< -o $@ --base $(FLASH_BASE) \
	    --apps $(APPS_BASE) --size $$(( $(APPS_BASE) - $(FLASH_BASE) + $(APPS_SIZE) )) \
	    $(SIGNED_IMAGES)

gdb: ## the same stopped at reset, under gdb, symbols of kernel and apps loaded
	@tools/setup gdb
	@$(MAKE) gdb-now

gdb-now: $(KERNEL_IMAGE) $(B)/kernel.elf $(B)/apps.img
	@tools/gdb $(BOARD) $(B)/kernel.elf $(B)/apps.img $(APP_IMAGES:.tbf=.elf)

kernel: $(KERNEL_IMAGE) $(B)/kernel.elf ## build the kernel of the board

# The kernels of the boards that KERNELS names, beside each other: a link keeps one
# core busy for seconds. What they share is there before the first of them.
$(KERNELS:%=kernel-of-%): kernel-of-%: build/berth $(VERIFIER)
	@$(MAKE) BOARD=$* kernel

kernels: $(KERNELS:%=kernel-of-%) ## build those of all boards, or of KERNELS="board board ..."

hex: $(B)/board.hex ## build/BOARD/board.hex: the kernel, and the apps in APPS="name ..." if given
	@echo "$<: drop it on the board's USB disk, or: make flash BOARD=$(BOARD)"

flash: ## write the same to a board that is plugged in, by what its FLASH_WITH says (PORT=...)
ifneq ($(ESP32C3_BOOT),)
	@$(MAKE) $(B)/flash.img
	@tools/flash_esp32c3 $(BOARD) $(B)/flash.img $(PORT)
else
	$(if $(FLASH_WITH),,$(error $(BOARD_DIR)/board.mk does not set FLASH_WITH: see docs/porting.md))@tools/setup flash
	@$(MAKE) $(B)/board.hex
	@tools/flash $(BOARD_DIR) $(FLASH_WITH) $(B)/board.hex
endif

size: $(KERNEL_IMAGE) $(B)/kernel.elf ## bytes of flash and RAM the kernel takes, by file and by driver
	@{ tools/size $(OBJDUMP) $(B) && tools/size_drivers.py $(CROSS) $(BOARD) $(firstword $(QEMU_MACHINE)); } || \
	    [ $$? -eq 141 ] # make size | head

order: $(B)/kernel.elf ## callers near callees: the order.ld of a board that lacks flash
	@tools/order.py $(OBJDUMP) $< $(B)/kernel.map $(HOT_FUNCTIONS) > $(MEMORY_DIR)/order.ld.new
	@mv $(MEMORY_DIR)/order.ld.new $(MEMORY_DIR)/order.ld

compile_commands.json: ## what clangd and other tools want to know
	@tools/compile_commands.py $(BOARD) > $@.new
	@mv $@.new $@

format: ## lay out all C files as .clang-format has it
	@find $(SOURCE_FOLDERS) -name '*.[ch]' -exec clang-format -i {} +

clean: ## remove everything that was built
	@rm -rf build compile_commands.json

# SPDX-License-Identifier: Apache-2.0
# The kernel image of the chosen board: $(B)/kernel.elf and $(B)/kernel.bin.

# board.mk sets BOARD_SOURCES (chips, drivers, loader parts, board.c) and may
# replace ARCH_SOURCES' user copy by USER_COPY := plain, the probe for Smepmp by
# SMEPMP := none, and MEMORY_DIR, where its memory.ld lies.
$(foreach v,BOARD_PMP_ENTRIES BOARD_CFLAGS BOARD_SOURCES APPS_BASE,$(if $($(v)),,$(error \
    $(BOARD_DIR)/board.mk does not set $(v); see docs/porting.md)))
# loader/accept.h has the linker see to the same.
ifneq ($(and $(filter loader/accept.c,$(BOARD_SOURCES)),$(filter loader/boot_mode.c,$(BOARD_SOURCES))),)
$(error $(BOARD_DIR)/board.mk: a board that demands credentials (ACCEPT_SOURCES) has no \
    bootloader mode, in which anybody writes its app flash: take out BOOT_MODE_SOURCES)
endif
USER_COPY ?= mprv
SMEPMP ?= probed
MEMORY_DIR ?= $(BOARD_DIR)
ARCH_SOURCES := $(addprefix arch/riscv32/,start.S trap.S probe.S init.c pmp.c \
    pmp_encode.c semihosting.S smepmp_$(SMEPMP).c user_copy_$(USER_COPY).S)

# What of BearSSL a board's board.mk names in BEARSSL_SOURCES, by path below its
# src/. The source is not ours: tools/bearssl fetches it.
BEARSSL ?= build/bearssl
BEARSSL_CFLAGS ?=
BEARSSL_OBJECTS := $(addprefix $(B)/obj/bearssl/,$(addsuffix .o,$(BEARSSL_SOURCES)))
BEARSSL_INCLUDES := -isystem $(BEARSSL)/inc -isystem /usr/lib/picolibc/$(CROSS:-=)/include

# Constants that both halves of an image are to know (see REST_CFLAGS below): the
# board's kernel_config by itself, and what it names.
CONFIG_SOURCES += $(wildcard $(BOARD_DIR)/config.c)

KERNEL_SOURCES := $(ARCH_SOURCES) $(wildcard kernel/*.c) pic/crc32.c pic/tbf.c pic/reloc.c \
    $(BOARD_SOURCES) $(CONFIG_SOURCES)
KERNEL_OBJECTS := $(addprefix $(B)/obj/,$(addsuffix .o,$(KERNEL_SOURCES)))

# What every system call, event and switch runs through. A board that has more
# flash than time sets HOT_CFLAGS := -O2.
HOT_SOURCES := $(addprefix kernel/,grant.c ipc.c ktime.c main.c memop.c \
    process.c sched.c syscall.c upcall.c user.c) \
    drivers/alarm.c drivers/console.c drivers/mux.c arch/riscv32/pmp.c \
    chips/common/clint.c
HOT_CFLAGS ?=
HOT_OBJECTS := $(addprefix $(B)/obj/,$(addsuffix .o,$(filter $(HOT_SOURCES),$(KERNEL_SOURCES))))
$(HOT_OBJECTS): KERNEL_CFLAGS += $(HOT_CFLAGS)

# The image is optimised as a whole: the board's table and choices are constants
# then. Not the functions that the compiler itself may call at the last moment.
LTO := -flto -ffat-lto-objects -flto-partition=one
$(B)/obj/kernel/string.c.o: LTO :=

# Some flags go for an image that is optimised as a whole, or not at all
# (-msave-restore). A board that sets REST_CFLAGS to such has its hot files linked to
# one object first, without them. What both halves are to know as constants stands in
# the board's config.c: it is compiled into both, and the linker leaves out the hot
# half's copies, which are weak.
REST_CFLAGS ?=
LINK_OBJECTS := $(KERNEL_OBJECTS)
ifneq ($(REST_CFLAGS),)
CONFIG_OBJECTS := $(addprefix $(B)/obj/,$(addsuffix .o,$(CONFIG_SOURCES)))
LINK_OBJECTS := $(B)/hot.o $(filter-out $(HOT_OBJECTS),$(KERNEL_OBJECTS))
$(B)/hot.o: $(HOT_OBJECTS) $(CONFIG_OBJECTS)
	@echo "  LD      $@"
	@$(CC_TARGET) $(KERNEL_CFLAGS) $(HOT_CFLAGS) $(LTO) -nostdlib -r -flinker-output=nolto-rel -o $@ $^
	@$(if $(CONFIG_OBJECTS),! $(OBJDUMP) -t $(CONFIG_OBJECTS) | grep -E ' O \.s?(data|bss)' || \
	    { echo '$(CONFIG_SOURCES): these are no constants' >&2; exit 1; })
	@$(if $(CONFIG_OBJECTS),$(NM) --defined-only $(CONFIG_OBJECTS) | cut -s -d ' ' -f 3 > $@.weak)
	@$(if $(CONFIG_OBJECTS),$(OBJCOPY) --weaken-symbols=$@.weak $@)
endif

# Files named *_ram.c run while flash cannot be read (linker/ram_code.ld): each is
# compiled by itself, calls no routine of libgcc, and has one section, which no
# order.ld takes apart.
RAM_OBJECTS := $(filter %_ram.c.o,$(KERNEL_OBJECTS))
RAM_CFLAGS := -mno-save-restore -fno-function-sections -fno-data-sections
$(RAM_OBJECTS): LTO :=
$(RAM_OBJECTS): KERNEL_CFLAGS += $(RAM_CFLAGS)

# For what the compiler may call, of the multilib that has compressed code.
KERNEL_LIBGCC := $(shell $(CC_TARGET) -march=rv32imac -mabi=ilp32 -print-libgcc-file-name 2>/dev/null)

$(addprefix $(B)/obj/,$(addsuffix .o,$(filter crypto/%,$(KERNEL_SOURCES)))): \
    $(BEARSSL)/.ready
$(addprefix $(B)/obj/,$(addsuffix .o,$(filter crypto/%,$(KERNEL_SOURCES)))): \
    KERNEL_INCLUDES += $(BEARSSL_INCLUDES)

$(call write_stamp,$(B)/kernel.flags,$(CC_TARGET) $(KERNEL_CFLAGS) $(HOT_CFLAGS) $(REST_CFLAGS) $(LTO) $(RAM_CFLAGS) $(KERNEL_INCLUDES) $(KERNEL_SOURCES) $(BEARSSL_SOURCES) $(BEARSSL_CFLAGS) $(BEARSSL) $(BOARD_LDFLAGS))

$(BEARSSL)/.ready:
	@tools/bearssl $(BEARSSL)

# Others' code, which need not stand our warnings.
$(B)/obj/bearssl/%.c.o: $(BEARSSL)/.ready $(B)/kernel.flags
	@mkdir -p $(@D)
	@echo "  CC      bearssl/$*.c"
	@$(CC_TARGET) $(filter-out $(WARNINGS),$(KERNEL_CFLAGS)) $(BEARSSL_CFLAGS) -w $(LTO) -I$(BEARSSL)/src \
	    $(BEARSSL_INCLUDES) -MMD -MP -c -o $@ $(BEARSSL)/src/$*.c

# The verifier, as a binary in the image of a kernel that names it.
VERIFIER := build/apps/verifier.tbf
$(B)/obj/crypto/verifier.S.o: $(VERIFIER)

$(B)/obj/%.c.o: %.c $(B)/kernel.flags
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC_TARGET) $(KERNEL_CFLAGS) $(LTO) $(KERNEL_INCLUDES) -MMD -MP -c -o $@ $<

$(B)/obj/%.S.o: %.S $(B)/kernel.flags
	@mkdir -p $(@D)
	@echo "  AS      $<"
	@$(CC_TARGET) $(KERNEL_ARCH) -g $(BOARD_CFLAGS) $(KERNEL_INCLUDES) -MMD -MP -c -o $@ $<

$(B)/kernel.elf: $(LINK_OBJECTS) $(BEARSSL_OBJECTS) $(addprefix linker/,kernel.ld order.ld ram_code.ld) \
    $(wildcard $(addprefix $(MEMORY_DIR)/,memory.ld order.ld ram_code.ld))
	@echo "  LD      $@"
	@$(CC_TARGET) $(KERNEL_CFLAGS) $(REST_CFLAGS) $(LTO) -nostdlib -static -Wl,--gc-sections -Wl,--build-id=none \
	    -Wl,--fatal-warnings -Wl,-Map=$(B)/kernel.map -L$(MEMORY_DIR) -Llinker \
	    -T linker/kernel.ld $(BOARD_LDFLAGS) -o $@ $(LINK_OBJECTS) $(BEARSSL_OBJECTS) $(KERNEL_LIBGCC)

$(B)/kernel.bin: $(B)/kernel.elf
	@$(OBJCOPY) -O binary $< $@

-include $(KERNEL_OBJECTS:.o=.d) $(BEARSSL_OBJECTS:.o=.d)

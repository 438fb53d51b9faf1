# SPDX-License-Identifier: Apache-2.0
# The kernel image of the chosen board: $(B)/kernel.elf and $(B)/kernel.bin.

# board.mk sets BOARD_SOURCES (chips, drivers, loader parts, board.c) and may
# replace ARCH_SOURCES' user copy by USER_COPY := plain.
USER_COPY ?= mprv
ARCH_SOURCES := $(addprefix arch/riscv32/,start.S trap.S probe.S init.c pmp.c \
    pmp_encode.c user_copy_$(USER_COPY).S)
KERNEL_SOURCES := $(ARCH_SOURCES) $(wildcard kernel/*.c) pic/tbf.c $(BOARD_SOURCES)
KERNEL_OBJECTS := $(addprefix $(B)/obj/,$(addsuffix .o,$(KERNEL_SOURCES)))

$(call write_stamp,$(B)/kernel.flags,$(CC_TARGET) $(KERNEL_CFLAGS) $(KERNEL_INCLUDES) $(KERNEL_SOURCES) $(BOARD_LDFLAGS))

$(B)/obj/%.c.o: %.c $(B)/kernel.flags
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC_TARGET) $(KERNEL_CFLAGS) $(KERNEL_INCLUDES) -MMD -MP -c -o $@ $<

$(B)/obj/%.S.o: %.S $(B)/kernel.flags
	@mkdir -p $(@D)
	@echo "  AS      $<"
	@$(CC_TARGET) $(KERNEL_ARCH) -g $(BOARD_CFLAGS) $(KERNEL_INCLUDES) -MMD -MP -c -o $@ $<

$(B)/kernel.elf: $(KERNEL_OBJECTS) linker/kernel.ld boards/$(BOARD)/memory.ld
	@echo "  LD      $@"
	@$(CC_TARGET) $(KERNEL_ARCH) -nostdlib -static -Wl,--gc-sections -Wl,--build-id=none \
	    -Wl,--fatal-warnings -Wl,-Map=$(B)/kernel.map -Lboards/$(BOARD) \
	    -T linker/kernel.ld $(BOARD_LDFLAGS) -o $@ $(KERNEL_OBJECTS)

$(B)/kernel.bin: $(B)/kernel.elf
	@$(OBJCOPY) -O binary $< $@

-include $(KERNEL_OBJECTS:.o=.d)

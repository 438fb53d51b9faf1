# SPDX-License-Identifier: Apache-2.0
# The kernel image of the chosen board: $(B)/kernel.elf and $(B)/kernel.bin.

# board.mk sets BOARD_SOURCES (chips, drivers, loader parts, board.c) and may
# replace ARCH_SOURCES' user copy by USER_COPY := plain.
USER_COPY ?= mprv
ARCH_SOURCES := $(addprefix arch/riscv32/,start.S trap.S probe.S init.c pmp.c \
    pmp_encode.c semihosting.S user_copy_$(USER_COPY).S)
KERNEL_SOURCES := $(ARCH_SOURCES) $(wildcard kernel/*.c) pic/tbf.c $(BOARD_SOURCES)
KERNEL_OBJECTS := $(addprefix $(B)/obj/,$(addsuffix .o,$(KERNEL_SOURCES)))

$(call write_stamp,$(B)/kernel.flags,$(CC_TARGET) $(KERNEL_CFLAGS) $(HOT_CFLAGS) $(KERNEL_INCLUDES) $(KERNEL_SOURCES) $(BOARD_LDFLAGS))

# What every system call, event and switch runs through. A board that has more
# flash than time sets HOT_CFLAGS := -O2.
HOT_SOURCES := $(addprefix kernel/,driver.c grant.c ktime.c main.c memop.c \
    process.c sched.c syscall.c upcall.c user.c) \
    drivers/alarm.c drivers/console.c drivers/mux.c
HOT_CFLAGS ?=
$(addprefix $(B)/obj/,$(addsuffix .o,$(HOT_SOURCES))): KERNEL_CFLAGS += $(HOT_CFLAGS)

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

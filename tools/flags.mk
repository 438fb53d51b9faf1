# SPDX-License-Identifier: Apache-2.0
# Compilers and their flags, and the stamp by which a changed flag rebuilds.

CC_TARGET := $(CROSS)gcc
OBJCOPY := $(CROSS)objcopy
OBJDUMP := $(CROSS)objdump
NM := $(CROSS)nm
SIZE := $(CROSS)size

# What every C file of ours has to stand, on the target and on the host.
WARNINGS := -Wall -Wextra -Werror -Wpedantic -Wshadow -Wconversion \
    -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
    -Wcast-align=strict -Wcast-qual -Wwrite-strings -Wswitch-enum \
    -Wimplicit-fallthrough

# The kernel keeps away from registers that a system call then need not save
# (arch/riscv32/trap.S): a6, a7 and t3 to t6. gp and tp are the app's.
KERNEL_ARCH := -march=rv32imc_zicsr_zifencei -mabi=ilp32 -mcmodel=medlow -mstrict-align \
    -msmall-data-limit=0 \
    -ffixed-x16 -ffixed-x17 -ffixed-x28 -ffixed-x29 -ffixed-x30 -ffixed-x31
KERNEL_CFLAGS := -std=c17 -Os -g $(KERNEL_ARCH) -ffreestanding -fno-builtin \
    -fno-common -ffunction-sections -fdata-sections -fno-stack-protector \
    -fno-jump-tables -fno-reorder-functions -fcallgraph-info=su $(WARNINGS) $(BOARD_CFLAGS) $(EXTRA_CFLAGS)
KERNEL_INCLUDES := -I. -Iinclude -Iarch/riscv32/include

HOST_CC ?= gcc
HOST_CFLAGS := -std=c17 -O2 -g -D_GNU_SOURCE $(WARNINGS)

# $(call stamp,file,text): `file` changes only when `text` does. Depend on it.
define write_stamp
$(shell mkdir -p $(dir $(1)); printf '%s\n' '$(subst ','\'',$(2))' | cmp -s - $(1) || printf '%s\n' '$(subst ','\'',$(2))' > $(1))
endef

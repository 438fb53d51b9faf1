# SPDX-License-Identifier: Apache-2.0
# The machine model, build/berth-sim: the core in tests/sim, what it is wired to
# in tests/sim/devices and tests/sim/models, its command line in main.c.

SIM_CORE := $(addprefix tests/sim/,branch.c bus.c csr.c decode.c execute.c \
    gdb.c gdb_target.c hart.c load.c machine.c pmp.c semihosting.c symbols.c trace.c \
    watch.c)
SIM_SOURCES := $(SIM_CORE) tests/sim/main.c \
    tools/berth/options.c tools/berth/say.c \
    $(sort $(wildcard tests/sim/devices/*.c tests/sim/models/*.c tests/sim/front/*.c))
SIM_CFLAGS := $(HOST_CFLAGS) -O2 -I. -Iinclude -isystem /usr/include/bearssl
SIM_LIBS := -lelf -lbearssl

$(call write_stamp,build/host/sim/flags,$(HOST_CC) $(SIM_CFLAGS) $(SIM_LIBS) $(SIM_SOURCES))

build/host/sim/%.c.o: %.c build/host/sim/flags
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(SIM_CFLAGS) -MMD -MP -c -o $@ $<

build/berth-sim: $(SIM_SOURCES:%=build/host/sim/%.o)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) -o $@ $^ $(SIM_LIBS)

-include $(SIM_SOURCES:%=build/host/sim/%.d)

# The core with nothing around it, for lockstep.py.
SIM_BARE := $(SIM_CORE) tests/sim/bare.c

build/host/sim/bare: $(SIM_BARE:%=build/host/sim/%.o)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) -o $@ $^ $(SIM_LIBS)

-include build/host/sim/tests/sim/bare.c.d

# SPDX-License-Identifier: Apache-2.0
# Tests. Each suite is a verb of its own and ends with `N passed, N failed`.
#
# Host tests need no list: each is one file that names what it links, in a
# comment of its own, on one line or several:
#     SOURCES: pic/tbf.c kernel/format.c
#     LINK: -lelf -Wl,--wrap=flash_write
# tests/unit/test_<what>.c and tests/prop/test_<what>.c are cmocka programs,
# tests/fuzz/fuzz_<what>.c are libFuzzer's, with tests/fuzz/corpus/<what>/,
# and tests/power/power*.c enumerate power cuts.

include tests/sim/sim.mk

HOST_TESTS := $(patsubst %.c,%,$(wildcard tests/unit/test_*.c \
    tests/prop/test_*.c tests/power/power*.c tests/live/board.c tests/sys/signer.c))
FUZZ_TESTS := $(patsubst %.c,%,$(wildcard tests/fuzz/fuzz_*.c))
HOST_TEST_INCLUDES := -Itests/include -I. -Iinclude -Iarch/riscv32/include -Iapps/lib \
    -isystem /usr/include/bearssl
HOST_TEST_CFLAGS := $(HOST_CFLAGS) -O1 -fno-omit-frame-pointer \
    -fsanitize=address,undefined -fno-sanitize-recover=all \
    -DDRIVER_INDEX_BITS=4 $(HOST_TEST_INCLUDES)
FUZZ_CC := clang
FUZZ_CFLAGS := $(HOST_CFLAGS) -Wno-unknown-warning-option -O1 \
    -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all -DDRIVER_INDEX_BITS=4 $(HOST_TEST_INCLUDES)
FUZZ_SECONDS ?= 5
SOAK_MINUTES ?= 60

$(call write_stamp,build/host/test.flags,$(HOST_CC) $(HOST_TEST_CFLAGS))
$(call write_stamp,build/host/fuzz.flags,$(FUZZ_CC) $(FUZZ_CFLAGS))

# What those comments name, as test=word.
comment_words = $(if $(2),$(shell awk '/$(1):/ { \
    sub(/.*$(1):/, ""); sub(/\*\/.*/, ""); f = FILENAME; sub(/\.c$$/, "", f); \
    for (i = 1; i <= NF; i++) print f "=" $$i }' $(addsuffix .c,$(2))))
TEST_SOURCES := $(call comment_words,SOURCES,$(HOST_TESTS) $(FUZZ_TESTS))
TEST_LINK := $(call comment_words,LINK,$(HOST_TESTS) $(FUZZ_TESTS))
words_of = $(patsubst $(1)=%,%,$(filter $(1)=%,$(2)))

build/host/test/%.c.o: %.c build/host/test.flags
	@mkdir -p $(@D)
	@echo "  CC      $< (host test)"
	@$(HOST_CC) $(HOST_TEST_CFLAGS) -MMD -MP -c -o $@ $<

build/host/fuzz/%.c.o: %.c build/host/fuzz.flags
	@mkdir -p $(@D)
	@echo "  CC      $< (fuzz)"
	@$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

test_objects = $(patsubst %,build/host/$(2)/%.o,$(1).c $(call words_of,$(1),$(TEST_SOURCES)))

define host_test_rule
build/host/test/$(1): $(call test_objects,$(1),test)
	@echo "  LINK    $$@"
	@$$(HOST_CC) $$(HOST_TEST_CFLAGS) -o $$@ $$^ $(call words_of,$(1),$(TEST_LINK)) -lcmocka
-include $(patsubst %.o,%.d,$(call test_objects,$(1),test))
endef

define fuzz_test_rule
build/host/fuzz/$(1): $(call test_objects,$(1),fuzz)
	@echo "  LINK    $$@"
	@$$(FUZZ_CC) $$(FUZZ_CFLAGS) -o $$@ $$^ $(call words_of,$(1),$(TEST_LINK))
-include $(patsubst %.o,%.d,$(call test_objects,$(1),fuzz))
endef
$(foreach t,$(HOST_TESTS),$(eval $(call host_test_rule,$(t))))
$(foreach t,$(FUZZ_TESTS),$(eval $(call fuzz_test_rule,$(t))))

UNIT_TESTS := $(filter tests/unit/%,$(HOST_TESTS))
PROP_TESTS := $(filter tests/prop/%,$(HOST_TESTS))

# The boards on which tests run: the one that was asked for, else all.
ifeq ($(origin BOARD),file)
TEST_BOARDS := $(BOARDS)
else
TEST_BOARDS := $(BOARD)
endif

SUITES ?= lint lint-selftest unit $(if $(PROP_TESTS),prop) power fuzz tools pic live sys \
    sys-sim lockstep bench tree

# What the scripts of `live` would build, which run beside each other.
LIVE_APPS := $(addprefix build/apps/,witness.tbf loader.tbf every_byte.tbf echo.tbf crash.tbf hello.tbf \
    blink.tbf sensor.tbf hello.tab)
# They wait for lines and clocks rather than compute; these begin first.
LIVE_LONGEST := $(addprefix tests/live/test_,live_machines.py bootloader.py loader_app.py \
    live_credentials.py)

POWER_TESTS := $(patsubst %,build/host/test/%,$(filter tests/power/%,$(HOST_TESTS)))

.PHONY: test test-now suites lint lint-fast lint-selftest unit prop power fuzz tools pic live \
    sys sys-sim hil lockstep bench tree soak

test: ## every suite below: what is merged has passed this
	@tools/setup test
	@$(MAKE) test-now

test-now:
	@python3 tests/suites.py $(if $(filter file,$(origin BOARD)),,BOARD=$(BOARD)) $(SUITES)

lint: ## the static checks (CHECK="arrows format" for some of them, FULL=1: clang-tidy deeper)
	@FULL=$(FULL) python3 tools/lint/lint.py --boards "$(TEST_BOARDS)" $(CHECK)

lint-selftest: ## each static check on input that it has to refuse
	@python3 tools/lint/selftest.py

unit: $(UNIT_TESTS:%=build/host/test/%) ## unit tests, on this machine
	@python3 tests/run_host.py $^

prop: $(PROP_TESTS:%=build/host/test/%) ## exhaustive and random properties (FULL=1: all)
	@python3 tests/run_host.py $^

power: $(POWER_TESTS) ## power cuts in app store and records (FULL=1: all, TEST="word": some)
	@python3 tests/run_power.py $^ -- $(if $(FULL),full) $(if $(SEED),seed=$(SEED)) $(TEST)

fuzz: $(FUZZ_TESTS:%=build/host/fuzz/%) ## each fuzz target for FUZZ_SECONDS=5
	@python3 tests/run_fuzz.py $(FUZZ_SECONDS) $^

tools: build/berth build/berth-sim build/host/sim/bare ## tests of the host tools
	@python3 tests/run_scripts.py --jobs 2 $(sort $(wildcard tests/tool/test_*.sh tests/tool/test_*.py))

pic: build/berth ## the corpus in three ways to compile and link it, by SEED=1 (FULL=1: all)
	@python3 tests/pic/matrix.py $(if $(FULL),,--ways 3) --seed $(or $(SEED),1)

live: build/berth build/berth-sim build/host/test/tests/live/board ## live loading by the real tool, on a board on this machine (FULL=1: more)
	@$(MAKE) kernels KERNELS="qemu-virt qemu-virt-secure virt-loader hifive1-revb \
	    hifive1-live esp32-c3-devkit esp32-c3-usb"
	@$(MAKE) BOARD=hifive1-revb build/hifive1-revb/apps.img $(LIVE_APPS)
	@FULL=$(FULL) python3 tests/run_scripts.py --jobs 5 $(LIVE_LONGEST) \
	    $(filter-out $(LIVE_LONGEST),$(sort $(wildcard tests/live/test_*.py)))

sys: build/berth ## attacks and scenarios in QEMU (TEST="word ..." for some of them)
	@python3 tests/sys/run.py --boards "$(TEST_BOARDS)" $(TEST)

sys-sim: build/berth build/berth-sim ## the same on the machine model, where every board is exact
	@python3 tests/sys/run.py --on sim --boards "$(TEST_BOARDS)" $(TEST)

hil: build/berth ## the same on a board: PORT=/dev/ttyACM0 BOARD=hifive1-revb (first: make flash)
	$(if $(and $(PORT),$(filter-out file,$(origin BOARD))),,$(error make hil wants PORT=, the \
	    serial line of a board, and BOARD=, what it is: docs/porting.md))@python3 tests/sys/run.py \
	    --on hil --port '$(PORT)' --boards "$(BOARD)" $(TEST)

lockstep: build/host/sim/bare build/berth-sim ## the machine model against QEMU: random programs, the benchmarks' counts
	@python3 tests/sim/lockstep.py --counts --programs $(or $(PROGRAMS),4)

bench: build/berth build/berth-sim ## instructions per system call, sizes (UPDATE=1: the new baseline)
	@python3 tests/bench/run.py $(if $(UPDATE),--update)

tree: ## the build itself: parallel, spaces, no git, what is rebuilt
	@tests/tree/tree_test.sh

soak: build/berth ## long runs, SOAK_MINUTES=60 on two quiet cores (STEPS="runs live": some of them)
	@python3 tests/soak.py '$(SOAK_MINUTES)' $(STEPS)

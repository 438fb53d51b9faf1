# SPDX-License-Identifier: Apache-2.0
# Applications. An app is a folder apps/<name>/ with a main.c or main.cc, or a single file
# tests/sys/{apps,attacks}/<name>.c; nothing is edited here to add one.
#
# An app is one binary for every board, flash and RAM address:
#
#   build/apps/<name>.elf .tbf .tab
#
# It can also be linked for fixed addresses, a slot of the board. board.mk says
# where those lie (APP_FLASH_BASE, APP_FLASH_STRIDE, APP_RAM_BASE,
# APP_RAM_STRIDE). FIXED=1 makes the board's apps (APPS) that way.
#
#   build/<board>/apps/<name>.<slot>.elf .tbf .tab   slot 0, 1, 2, ...

APP_DIRS ?= apps
APP_FILE_DIRS ?= tests/sys/apps tests/sys/attacks tests/bench
APP_OTHER_FILES ?=
APP_CC ?= $(CC_TARGET)
FIXED ?=
# Another place for builds with other compilers and options.
A ?= build/apps
PICOLIBC ?= /usr/lib/picolibc/$(CROSS:-=)

# What <name>/app.mk (for a single file <name>.mk) may set, and what holds
# when it does not. docs/writing-an-app.md explains each.
APP_SETTINGS := STACK_SIZE HEAP_SIZE KERNEL_HEAP_SIZE HEADER_SIZE PACKAGE_NAME \
    APP_VERSION SHORT_ID PERMISSIONS PRINTF SOURCES BEARSSL_PARTS APP_CFLAGS TAB_FLAGS
define app_defaults
STACK_SIZE := 1024
HEAP_SIZE := 512
KERNEL_HEAP_SIZE := 512
HEADER_SIZE := 0x80
PACKAGE_NAME := $(1)
APP_VERSION := 1
SHORT_ID :=
PERMISSIONS :=
PRINTF := integer
SOURCES := $(2)
BEARSSL_PARTS :=
APP_CFLAGS :=
TAB_FLAGS :=
endef

# One binary for every board: no A extension. The compressed libc that goes
# with it is the one built for rv32imac, and the linked app is checked.
APP_ARCH := -march=rv32imc -mabi=ilp32
# How addresses are made. -fPIE keeps constants with addresses apart from those
# without; any other model works too, docs/position-independence.md.
APP_MODEL ?= -fPIE
APP_LIB_ARCH := -march=rv32imac -mabi=ilp32
APP_IS_CLANG := $(findstring clang,$(APP_CC))
APP_TARGET := $(if $(APP_IS_CLANG),--target=riscv32-unknown-elf)
APP_WARNINGS := $(if $(APP_IS_CLANG),$(filter-out -Wcast-align=strict,$(WARNINGS)),$(WARNINGS))
APP_INCLUDES := -Iinclude -Iapps/lib -Iapps/rt -isystem $(PICOLIBC)/include
APP_OPTIMIZE ?= -Os
APP_COMMON_CFLAGS := $(APP_TARGET) $(APP_OPTIMIZE) -g $(APP_ARCH) $(APP_MODEL) \
    -ftls-model=local-exec -fno-common -ffunction-sections -fdata-sections \
    -fno-stack-protector $(APP_INCLUDES)
APP_BASE_CFLAGS := -std=c17 $(APP_COMMON_CFLAGS) $(APP_WARNINGS)
APP_CXX := $(if $(APP_IS_CLANG),$(subst clang,clang++,$(APP_CC)),$(APP_CC:gcc=g++))
APP_CXXFLAGS := -std=c++17 $(APP_COMMON_CFLAGS) -Wall -Wextra -Werror \
    -fno-exceptions -fno-rtti -fno-threadsafe-statics
APP_LDFLAGS := $(APP_LIB_ARCH) -nostdlib -static -no-pie -Wl,-u,_start \
    -Wl,--gc-sections -Wl,--build-id=none -Wl,--fatal-warnings \
    -Wl,-z,max-page-size=4
APP_LIB_PATH := -L$(PICOLIBC)/lib/rv32imac/ilp32
APP_LIBS = $(APP_REPLACEMENTS) -Wl,--start-group $(APP_LIBRARY) -lc -lm -lgcc -Wl,--end-group

APP_PRINTF_integer := -Wl,--defsym=vfprintf=__i_vfprintf -Wl,--defsym=vfscanf=__i_vfscanf
APP_PRINTF_float := -Wl,--defsym=vfprintf=__f_vfprintf -Wl,--defsym=vfscanf=__f_vfscanf
APP_PRINTF_double :=
APP_CPPFLAGS_integer := -DPICOLIBC_INTEGER_PRINTF_SCANF
APP_CPPFLAGS_float := -DPICOLIBC_FLOAT_PRINTF_SCANF
APP_CPPFLAGS_double := -DPICOLIBC_DOUBLE_PRINTF_SCANF

# ---- start-up and library ----------------------------------------------------

# What replaces functions of picolibc's stands on the link line by itself, so
# that it is there before picolibc is searched.
APP_LIBRARY := $(A)/libberth.a
APP_REPLACEMENTS := $(patsubst %,$(A)/obj/lib/apps/lib/%.o,posix.c getc.c)
APP_FIXED_START := $(A)/obj/lib/apps/rt/crt0_fixed.S.o
APP_LIBRARY_OBJECTS := $(filter-out $(APP_REPLACEMENTS) $(APP_FIXED_START),$(patsubst \
    %,$(A)/obj/lib/%.o,$(wildcard apps/rt/*.S apps/rt/*.c apps/lib/*.c)))

$(call write_stamp,$(A)/app.flags,$(APP_CC) $(APP_BASE_CFLAGS) $(APP_LDFLAGS) $(APP_LIBRARY_OBJECTS))

$(A)/obj/lib/%.c.o: %.c $(A)/app.flags
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(APP_CC) $(APP_BASE_CFLAGS) -MMD -MP -c -o $@ $<

$(A)/obj/lib/%.S.o: %.S $(A)/app.flags
	@mkdir -p $(@D)
	@echo "  AS      $<"
	@$(APP_CC) $(APP_TARGET) $(APP_ARCH) -g -Iapps/rt -MMD -MP -c -o $@ $<

$(APP_LIBRARY): $(APP_LIBRARY_OBJECTS)
	@echo "  AR      $@"
	@rm -f $@
	@$(CROSS)ar crs $@ $^

-include $(APP_LIBRARY_OBJECTS:.o=.d) $(APP_REPLACEMENTS:.o=.d) $(APP_FIXED_START:.o=.d)

# ---- one app -----------------------------------------------------------------

# $(call app_address,base,stride,slot) in shell arithmetic.
app_address = $$(printf '0x%x' $$(($(1) + $(3) * $(2))))
app_defsym = -Wl,--defsym=$(1)=$(2)

# $(call app_fixed_flags,name,slot)
app_fixed_flags = \
    $(call app_defsym,APP_FLASH,$(call app_address,$(APP_FLASH_BASE),$(APP_FLASH_STRIDE),$(2))) \
    $(call app_defsym,APP_FLASH_SIZE,$(APP_FLASH_STRIDE)) \
    $(call app_defsym,APP_RAM,$(call app_address,$(APP_RAM_BASE),$(APP_RAM_STRIDE),$(2))) \
    $(call app_defsym,APP_RAM_SIZE,$(APP_RAM_STRIDE)) \
    $(call app_defsym,APP_HEADER,$(app.$(1).HEADER_SIZE)) \
    $(foreach s,STACK_SIZE HEAP_SIZE KERNEL_HEAP_SIZE,$(call app_defsym,$(s),$(app.$(1).$(s)))) \
    $(APP_PRINTF_$(app.$(1).PRINTF)) -Llinker -T linker/app_fixed.ld

app_cflags = $(APP_CPPFLAGS_$(app.$(1).PRINTF)) \
    -DBERTH_APP_NAME='"$(app.$(1).PACKAGE_NAME)"' \
    -DBERTH_APP_VERSION=$(app.$(1).APP_VERSION) \
    $(if $(filter tests/pic/%,$(app.$(1).SOURCES)),-w) $(app.$(1).APP_CFLAGS)

app_tab_flags = --name '$(app.$(1).PACKAGE_NAME)' \
    --app-version $(app.$(1).APP_VERSION) --deterministic \
    --app-heap $(app.$(1).HEAP_SIZE) --kernel-heap $(app.$(1).KERNEL_HEAP_SIZE) \
    $(addprefix --short-id ,$(app.$(1).SHORT_ID)) \
    $(addprefix --permissions ,$(app.$(1).PERMISSIONS)) $(app.$(1).TAB_FLAGS)

APP_SCRIPTS := $(wildcard linker/app*.ld) linker/prelink.ld

APP_LIBC := $(addprefix $(PICOLIBC)/lib/rv32imac/ilp32/,libc.a libm.a)
APP_LIBGCC := $(shell $(CROSS)gcc $(APP_LIB_ARCH) -print-libgcc-file-name 2>/dev/null)

include apps/link.mk
APP_SCRIPTS += apps/link.mk
LINK_SCRIPTS := linker
BERTH := build/berth

# An app built with the A extension would stop on a chip without it.
app_check_isa = $(OBJDUMP) -d $(1) > $(1).lst && \
    if grep -E '[[:space:]](lr|sc|amo[a-z]+)\.w' $(1).lst >&2; then \
        echo "$(1): the instructions above are of the A extension" >&2; exit 1; \
    fi; rm -f $(1).lst

# $(call app_declare,name,sources,settings file): reads the settings.
define app_declare
$(if $(filter $(1),$(APP_NAMES)),$(error there are two apps "$(1)"))
APP_NAMES += $(1)
$(call app_defaults,$(1),$(2))
-include $(wildcard $(3))
$$(foreach s,$$(APP_SETTINGS),$$(eval app.$(1).$$(s) := $$$$($$(s))))
$$(if $$(filter integer float double,$$(PRINTF)),,$$(error $(3): PRINTF is \
    integer, float or double, not "$$(PRINTF)"))
app.$(1).objects := $$(patsubst %,$(A)/obj/$(1)/%.o,$$(SOURCES) $$(addprefix bearssl/,$$(BEARSSL_PARTS)))
app.$(1).start := $$(if $$(filter %.S,$$(SOURCES)),$$(shell grep -lw '^_start:' $$(SOURCES) || :))
endef

# A settings file that changes, comes or goes rebuilds its app. Done without a
# shell, for there are many. GNU make 4.3 at times leaves the last newline of a
# file it reads: hence strip.
app_same = $(and $(findstring x$(1)x,x$(2)x),$(findstring x$(2)x,x$(1)x))
app_stamp = $(if $(call app_same,$(strip $(file <$(1))),$(strip $(2))),,$(file >$(1),$(2)))
app_settings = $(foreach s,$(APP_SETTINGS),$(s)=$(app.$(1).$(s)))
$(call write_stamp,$(B)/apps/slots,$(APP_FLASH_BASE) $(APP_FLASH_STRIDE) $(APP_RAM_BASE) $(APP_RAM_STRIDE))

# Others' code, which need not stand our warnings; none before it has been
# fetched.
define app_bearssl_rules
$(patsubst %,$(A)/obj/$(1)/%.o,$(app.$(1).SOURCES)): | $(BEARSSL)/.ready

$(A)/obj/$(1)/bearssl/%.c.o: $(BEARSSL)/.ready $(A)/app.flags $(A)/$(1).settings
	@mkdir -p $$(@D)
	@echo "  CC      bearssl/$$*.c ($(1))"
	@$$(APP_CC) $$(filter-out $$(APP_WARNINGS),$$(APP_BASE_CFLAGS)) -w -I$(BEARSSL)/src \
	    $(BEARSSL_INCLUDES) -MMD -MP -c -o $$@ $(BEARSSL)/src/$$*.c
endef

define app_rules
$(call app_stamp,$(A)/$(1).settings,$(call app_settings,$(1)))

$(A)/obj/$(1)/%.c.o: %.c $(A)/app.flags $(A)/$(1).settings
	@mkdir -p $$(@D)
	@echo "  CC      $$<"
	@$$(APP_CC) $$(APP_BASE_CFLAGS) $$(call app_cflags,$(1)) -MMD -MP -c -o $$@ $$<

$(if $(app.$(1).BEARSSL_PARTS),$(call app_bearssl_rules,$(1)))

$(A)/obj/$(1)/%.cc.o: %.cc $(A)/app.flags $(A)/$(1).settings
	@mkdir -p $$(@D)
	@echo "  CXX     $$<"
	@$$(APP_CXX) $$(APP_CXXFLAGS) $$(call app_cflags,$(1)) -MMD -MP -c -o $$@ $$<

$(A)/obj/$(1)/%.S.o: %.S $(A)/app.flags $(A)/$(1).settings
	@mkdir -p $$(@D)
	@echo "  AS      $$<"
	@$$(APP_CC) $$(APP_TARGET) $$(APP_ARCH) -g $$(APP_INCLUDES) -MMD -MP -c -o $$@ $$<

$(A)/$(1).elf $(A)/$(1).tbf $(A)/$(1).tab: LINK = $$(CROSS)gcc $$(APP_LDFLAGS) $$(APP_LIB_PATH) \
    $$(call app_defsym,STACK_SIZE,$(app.$(1).STACK_SIZE)) $$(APP_PRINTF_$(app.$(1).PRINTF))
$(A)/$(1).elf $(A)/$(1).tbf $(A)/$(1).tab: LINK_INPUTS = $(app.$(1).objects) $$(APP_LIBS)
$(A)/$(1).elf $(A)/$(1).tbf $(A)/$(1).tab: LINK_OBJECTS = $(app.$(1).objects) $$(APP_REPLACEMENTS) $$(APP_LIBRARY) $$(APP_LIBC) $$(APP_LIBGCC)
$(A)/$(1).elf $(A)/$(1).tbf $(A)/$(1).tab: TAB_OPTIONS = $$(call app_tab_flags,$(1))
$(A)/$(1).elf $(A)/$(1).tbf $(A)/$(1).tab &: $(app.$(1).objects) $(APP_LIBRARY) $(APP_REPLACEMENTS) $(APP_SCRIPTS) $(A)/$(1).settings build/berth
	@echo "  APP     $(1)"
	@$$(call berth_link,$(A)/$(1).elf)
	@$$(call app_check_isa,$(A)/$(1).elf)

# The same link at fixed addresses, flash as far from RAM, to be compared with. It
# does not run: nobody prepares its RAM.
$(A)/$(1).same.elf: $(A)/$(1).elf
	@$$(CROSS)gcc $$(APP_LDFLAGS) $$(call app_defsym,STACK_SIZE,$(app.$(1).STACK_SIZE)) \
	    $$(APP_PRINTF_$(app.$(1).PRINTF)) $$$$(cat $(A)/$(1).link/options) \
	    -L$(A)/$(1).link -Llinker -T tests/bench/same.ld -o $$@ \
	    $(app.$(1).objects) $$(APP_LIB_PATH) $$(APP_LIBS)

$(B)/apps/$(1).%.elf: $(app.$(1).objects) $(APP_LIBRARY) $(APP_REPLACEMENTS) $(APP_FIXED_START) $(APP_SCRIPTS) $(A)/$(1).settings $(B)/apps/slots
	@case '$$*' in *[!0-9]*) echo "$$@: slots are numbers" >&2; exit 1;; esac
	@echo "  APP     $(1) for slot $$*"
	@$$(CROSS)gcc $$(APP_LDFLAGS) $$(call app_fixed_flags,$(1),$$*) -o $$@ \
	    $(app.$(1).objects) $(if $(app.$(1).start),,$(APP_FIXED_START)) $$(APP_LIB_PATH) $$(APP_LIBS)
	@$$(call app_check_isa,$$@)

$(B)/apps/$(1).%.tbf $(B)/apps/$(1).%.tab: $(B)/apps/$(1).%.elf build/berth
	@build/berth tab $$(call app_tab_flags,$(1)) --tbf $(B)/apps/$(1).$$*.tbf \
	    -o $(B)/apps/$(1).$$*.tab $$<

-include $(app.$(1).objects:.o=.d)
endef

# ---- all apps ----------------------------------------------------------------

app_name = $(notdir $(patsubst %/,%,$(dir $(1))))

APP_NAMES :=
APP_MAINS := $(wildcard $(addsuffix /*/main.c,$(APP_DIRS)) $(addsuffix /*/main.cc,$(APP_DIRS)))
$(foreach m,$(APP_MAINS),$(eval $(call app_declare,$(call app_name,$(m)),$(wildcard \
    $(dir $(m))*.c $(dir $(m))*.cc $(dir $(m))*.S),$(dir $(m))app.mk)))
$(foreach f,$(wildcard $(addsuffix /*.c,$(APP_FILE_DIRS))),$(eval $(call \
    app_declare,$(basename $(notdir $(f))),$(f) $(APP_BESIDE_$(patsubst %/,%,$(dir $(f)))),$(f:.c=.mk))))
$(foreach f,$(APP_OTHER_FILES),$(eval $(call \
    app_declare,$(basename $(notdir $(f))),$(f) $(APP_BESIDE_$(patsubst %/,%,$(dir $(f)))),$(basename $(f)).mk)))
$(foreach a,$(APP_NAMES),$(eval $(call app_rules,$(a))))

# What pattern rules make on the way (the .elf) is kept.
.SECONDARY:

# The board's apps, in the order in which they lie in flash.
APP_IMAGES :=
ifdef APP_SLOTS
ifneq ($(words $(wordlist 1,$(APP_SLOTS),$(APPS))),$(words $(APPS)))
$(error $(BOARD) has room for $(APP_SLOTS) apps, APPS names $(words $(APPS)))
endif
endif
$(foreach a,$(APPS),$(if $(filter $(a),$(APP_NAMES)),,$(error no app "$(a)"; \
    there are: $(sort $(foreach m,$(filter-out crypto/%,$(APP_MAINS)),$(call app_name,$(m)))), and those \
    of the tests: $(APP_FILE_DIRS)))$(eval \
    APP_IMAGES += $(if $(FIXED),$(B)/apps/$(a).$(words $(APP_IMAGES)).tbf,$(A)/$(a).tbf)))

.PHONY: apps new-app
apps: $(APP_IMAGES) ## build the apps of the board (FIXED=1: each for a slot)

new-app: export NEW_APP := $(value NAME)
new-app: ## NAME=x: make a working app apps/x from the template
	@case "$$NEW_APP" in \
	'') echo "usage: make new-app NAME=my-app" >&2; exit 1;; \
	[!a-z]*|*[!a-z0-9-]*) \
	    echo "an app's name is made of a-z, 0-9 and -, and begins with a letter" >&2; exit 1;; \
	rt|lib) echo "apps/$$NEW_APP is no place for an app" >&2; exit 1;; \
	esac; \
	if [ $${#NEW_APP} -gt 32 ]; then \
	    echo "an app's name has at most 32 letters" >&2; exit 1; \
	fi; \
	for taken in $(APP_NAMES); do \
	    if [ "$$taken" = "$$NEW_APP" ]; then \
	        echo "there is an app $$NEW_APP already" >&2; exit 1; \
	    fi; \
	done; \
	mkdir "apps/$$NEW_APP" && cp apps/template/main.c apps/template/app.mk "apps/$$NEW_APP/" && \
	echo "apps/$$NEW_APP/main.c is yours. Run it: make run APPS=$$NEW_APP"

# SPDX-License-Identifier: Apache-2.0
# What an app outside of this tree is built with, laid out as it is installed.

PREFIX ?= /usr/local
SDK_VERSION := $(shell sed -n 's/.*BERTH_VERSION "\(.*\)".*/\1/p' tools/berth/berth.h)
SDK_SHARED := sdk/berth.mk apps/link.mk linker/app.ld linker/app_sections.ld \
    linker/prelink.ld tools/berth_gdb.py
# The headers of include/berth that apps may use.
SDK_CONTRACTS := abi.h err.h tbf.h
SDK_PARTS := $(SDK_SHARED) sdk/berth.pc.in build/berth $(APP_LIBRARY) \
    $(APP_REPLACEMENTS) $(wildcard apps/template*/* apps/lib/berth/*.h) apps/rt/syscall.h \
    $(SDK_CONTRACTS:%=include/berth/%)

# $(call sdk_install,prefix)
define sdk_install
@mkdir -p "$(1)/bin" "$(1)/share/berth" "$(1)/lib/berth" "$(1)/lib/pkgconfig" \
    "$(1)/include/berth-app/berth"
@install -m 755 build/berth "$(1)/bin/berth"
@install -m 644 $(SDK_SHARED) "$(1)/share/berth"
@for t in template template-cxx; do \
    mkdir -p "$(1)/share/berth/$$t" && \
    install -m 644 apps/$$t/* "$(1)/share/berth/$$t" || exit; done
@install -m 644 $(APP_LIBRARY) "$(1)/lib/berth/libberth.a"
@install -m 644 $(A)/obj/lib/apps/lib/posix.c.o "$(1)/lib/berth/posix.o"
@install -m 644 $(A)/obj/lib/apps/lib/getc.c.o "$(1)/lib/berth/getc.o"
@install -m 644 $(SDK_CONTRACTS:%=include/berth/%) apps/lib/berth/*.h \
    "$(1)/include/berth-app/berth"
@install -m 644 apps/rt/syscall.h "$(1)/include/berth-app"
@mkdir -p "$(1)/share/man/man1" "$(1)/share/bash-completion/completions" \
    "$(1)/share/zsh/site-functions" "$(1)/share/fish/vendor_completions.d"
@build/berth man > "$(1)/share/man/man1/berth.1"
@build/berth completion bash > "$(1)/share/bash-completion/completions/berth"
@build/berth completion zsh > "$(1)/share/zsh/site-functions/_berth"
@build/berth completion fish > "$(1)/share/fish/vendor_completions.d/berth.fish"
@sed 's/@VERSION@/$(SDK_VERSION)/' sdk/berth.pc.in > "$(1)/lib/pkgconfig/berth.pc"
endef

.PHONY: sdk install
sdk: $(SDK_PARTS) ## build/sdk: what apps outside of this tree are built with
	$(call sdk_install,build/sdk)
	@echo "build/sdk: include build/sdk/share/berth/berth.mk"

install: $(SDK_PARTS) ## PREFIX=/usr/local: the same, and the berth command, there
	$(call sdk_install,$(DESTDIR)$(PREFIX))

# SPDX-License-Identifier: Apache-2.0
# The host command build/berth. A new sub-command is a new file in tools/berth.

BERTH_SOURCES := $(sort $(wildcard tools/berth/*.c pic/host/*.c)) pic/crc32.c pic/tbf.c pic/footer.c pic/reloc.c \
    loader/proto.c loader/messages.c
BERTH_OBJECTS := $(BERTH_SOURCES:%=build/host/berth/%.o)
BERTH_CFLAGS := $(HOST_CFLAGS) -I. -Iinclude
BERTH_LIBS := -lelf -larchive -lserialport -lbearssl

$(call write_stamp,build/host/berth/flags,$(HOST_CC) $(BERTH_CFLAGS) $(BERTH_LIBS) $(BERTH_SOURCES))

build/host/berth/%.c.o: %.c build/host/berth/flags
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(BERTH_CFLAGS) -MMD -MP -c -o $@ $<

build/berth: $(BERTH_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) -o $@ $^ $(BERTH_LIBS)

-include $(BERTH_OBJECTS:.o=.d)

.PHONY: man
man: build/berth ## docs/berth.1, the manual page, from the tables of options
	@build/berth man > docs/berth.1.new
	@mv docs/berth.1.new docs/berth.1

.PHONY: new-driver
new-driver: export NEW_DRIVER := $(value NAME)
new-driver: export NEW_NUMBER := $(if $(NUMBER),$(value NUMBER),0x80000100)
new-driver: ## NAME=x: make a working driver with its test (NUMBER=0x80000100)
	@tools/new-driver/make "$$NEW_DRIVER" "$$NEW_NUMBER"

.PHONY: coverage
coverage: ## docs/coverage.md, what covers what, from docs/coverage.txt
	@python3 tools/lint/coverage.py

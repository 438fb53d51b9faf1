# SPDX-License-Identifier: Apache-2.0
# From objects to an app that lies anywhere: the same steps for apps of this tree
# (apps.mk) and outside of it (berth.mk).
#
# $(call berth_link,FILE.elf) is a recipe that makes FILE.elf, FILE.elf.map,
# FILE.tbf and FILE.tab. For its target these have to be set:
#
#   LINK          the compiler that links, its flags
#   LINK_INPUTS   objects and archives, in the order of the link line
#   LINK_OBJECTS  of these, and of all libraries, the files' names
#   LINK_SCRIPTS  where app.ld lies
#   TAB_OPTIONS   for `berth tab`
#   BERTH         the command

# The sections that hold addresses go to RAM: a fragment, made anew only when a
# file it comes from has changed. Where an instruction can not be made to reach
# what it should, berth says what would help, and the app is linked again; with
# which options is kept in FILE.link/options. What the script tests with DEFINED
# stands before -T: GNU ld looks at it when it reads the script.
define berth_link
set -e; scripts='$(1:.elf=.link)'; mkdir -p "$$scripts"; \
if [ ! -e "$$scripts/prelink.ld" ] || [ -n "$$(find -H $(LINK_OBJECTS) -newer "$$scripts/prelink.ld")" ]; then \
    $(BERTH) prelink -o "$$scripts/prelink.ld" $(LINK_OBJECTS); \
fi; \
more=; while :; do \
    $(LINK) -Wl,--emit-relocs $$more -L"$$scripts" -L$(LINK_SCRIPTS) \
        -T $(LINK_SCRIPTS)/app.ld -Wl,-Map='$(1).map' -o '$(1)' $(LINK_INPUTS); \
    if $(BERTH) tab $(TAB_OPTIONS) --tbf '$(1:.elf=.tbf)' -o '$(1:.elf=.tab)' \
        --map '$(1).map' --relink "$$scripts/relink" '$(1)' 2>"$$scripts/said"; then \
        cat "$$scripts/said" >&2; echo "$$more" >"$$scripts/options"; break; \
    fi; \
    again=$$(cat "$$scripts/relink"); \
    if [ -z "$$again" ] || [ "$$again" = "$$more" ]; then \
        cat "$$scripts/said" >&2; rm -f '$(1)'; exit 1; \
    fi; \
    more=$$again; \
done
endef

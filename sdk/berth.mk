# SPDX-License-Identifier: Apache-2.0
# Builds a Berth app outside of Berth's tree. All of its Makefile:
#
#     NAME := my-app
#     SOURCES := main.c
#     include ../path/to/share/berth/berth.mk
#
# `make` then makes my-app.tab (and build/my-app.tbf, .elf). What may be set
# before the include, or on make's command line:
#
#   NAME              the app's name; without it the folder's
#   SOURCES           .c, .cc, .cpp and .S files; without it all there are
#   STACK_SIZE        1024   HEAP_SIZE 512   KERNEL_HEAP_SIZE 512
#   APP_VERSION       1      SHORT_ID        PERMISSIONS   TAB_FLAGS
#   PRINTF            integer, float or double
#   CC                a gcc for riscv, or clang
#   LINKER            gnu (what CC is does not matter), or lld
#   CFLAGS, CXXFLAGS  more flags; -Os -g without them
#   LIBRARIES         archives of yours
#
# Paths are relative, so the folders' own names may have blanks.

BERTH_SHARE := $(patsubst %/berth.mk,%,$(lastword $(MAKEFILE_LIST)))
BERTH_PREFIX ?= $(BERTH_SHARE)/../..
BERTH := '$(BERTH_PREFIX)/bin/berth'

.DEFAULT_GOAL := tab
.DELETE_ON_ERROR:
.SUFFIXES:

NAME ?= $(notdir $(subst $() ,_,$(CURDIR)))
SOURCES ?= $(wildcard *.c *.cc *.cpp *.S)
STACK_SIZE ?= 1024
HEAP_SIZE ?= 512
KERNEL_HEAP_SIZE ?= 512
APP_VERSION ?= 1
SHORT_ID ?=
PERMISSIONS ?=
TAB_FLAGS ?=
PRINTF ?= integer
LINKER ?= gnu
LIBRARIES ?=
CFLAGS ?= -Os -g
CXXFLAGS ?= -Os -g
B ?= build

CROSS ?= riscv64-unknown-elf-
ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
IS_CLANG := $(findstring clang,$(CC))
ifeq ($(origin CXX),default)
CXX := $(if $(IS_CLANG),$(subst clang,clang++,$(CC)),$(patsubst %gcc,%g++,$(CC)))
endif
PICOLIBC ?= /usr/lib/picolibc/$(CROSS:-=)
BERTH_LIBC := $(PICOLIBC)/lib/rv32imac/ilp32
BERTH_LIBGCC := $(shell $(CROSS)gcc -march=rv32imac -mabi=ilp32 -print-libgcc-file-name)
BERTH_LIB := $(BERTH_PREFIX)/lib/berth

PRINTF_SUFFIX := $(if $(filter integer,$(PRINTF)),__i_)$(if $(filter float,$(PRINTF)),__f_)
PRINTF_DEFINE := -DPICOLIBC_$(if $(filter integer,$(PRINTF)),INTEGER)$(if \
    $(filter float,$(PRINTF)),FLOAT)$(if $(filter double,$(PRINTF)),DOUBLE)_PRINTF_SCANF

# lld does not relax; code for it says so.
TARGET := $(if $(IS_CLANG),--target=riscv32-unknown-elf) -march=rv32imc -mabi=ilp32 \
    $(if $(filter lld,$(LINKER)),-mno-relax)
ALL_FLAGS = $(TARGET) -fPIE -ftls-model=local-exec -fno-common \
    -ffunction-sections -fdata-sections -fno-stack-protector -isystem \
    '$(BERTH_PREFIX)/include/berth-app' -isystem $(PICOLIBC)/include \
    $(PRINTF_DEFINE) -DBERTH_APP_NAME='"$(NAME)"' \
    -DBERTH_APP_VERSION=$(APP_VERSION) -MMD -MP
C_FLAGS = $(ALL_FLAGS) -std=c17 $(CFLAGS)
CXX_FLAGS = $(ALL_FLAGS) -std=c++17 -fno-exceptions -fno-rtti \
    -fno-threadsafe-statics $(CXXFLAGS)

OBJECTS := $(patsubst %,$(B)/%.o,$(SOURCES))
LINK_SCRIPTS := $(BERTH_SHARE)
include $(BERTH_SHARE)/link.mk

LINK = $(if $(filter lld,$(LINKER)),clang --target=riscv32-unknown-elf \
    -march=rv32imac -fuse-ld=lld -Wl$(comma)--no-relax,$(CROSS)gcc -march=rv32imac -no-pie) \
    -mabi=ilp32 -nostdlib -static -Wl,-u,_start -Wl,--gc-sections \
    -Wl,--build-id=none -Wl,-z,max-page-size=4 -Wl,--defsym=STACK_SIZE=$(STACK_SIZE) \
    $(if $(PRINTF_SUFFIX),-Wl$(comma)--defsym=vfprintf=$(PRINTF_SUFFIX)vfprintf \
    -Wl$(comma)--defsym=vfscanf=$(PRINTF_SUFFIX)vfscanf)
comma := ,
LINK_INPUTS = $(OBJECTS) '$(BERTH_LIB)/posix.o' '$(BERTH_LIB)/getc.o' \
    -Wl,--start-group $(LIBRARIES) '$(BERTH_LIB)/libberth.a' $(BERTH_LIBC)/libc.a \
    $(BERTH_LIBC)/libm.a $(BERTH_LIBGCC) -Wl,--end-group
LINK_OBJECTS = $(OBJECTS) '$(BERTH_LIB)/posix.o' '$(BERTH_LIB)/getc.o' $(LIBRARIES) \
    '$(BERTH_LIB)/libberth.a' $(BERTH_LIBC)/libc.a $(BERTH_LIBC)/libm.a $(BERTH_LIBGCC)
TAB_OPTIONS = --name '$(NAME)' --app-version $(APP_VERSION) --app-heap $(HEAP_SIZE) \
    --kernel-heap $(KERNEL_HEAP_SIZE) $(addprefix --short-id ,$(SHORT_ID)) \
    $(addprefix --permissions ,$(PERMISSIONS)) $(TAB_FLAGS)

.PHONY: tab clean
tab: $(NAME).tab

$(NAME).tab: $(B)/$(NAME).elf
	@cp $(B)/$(NAME).tab $@
	@echo "  TAB     $@"

$(B)/$(NAME).elf: $(OBJECTS) $(LIBRARIES)
	@echo "  LINK    $@"
	@$(call berth_link,$@)

$(B)/%.c.o: %.c
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(C_FLAGS) -c -o $@ $<

$(B)/%.cc.o: %.cc
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) $(CXX_FLAGS) -c -o $@ $<

$(B)/%.cpp.o: %.cpp
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) $(CXX_FLAGS) -c -o $@ $<

$(B)/%.S.o: %.S
	@mkdir -p $(@D)
	@echo "  AS  $<"
	@$(CC) $(ALL_FLAGS) -c -o $@ $<

clean:
	@rm -rf $(B) $(NAME).tab

-include $(OBJECTS:.o=.d)

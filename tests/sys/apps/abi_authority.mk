# SPDX-License-Identifier: Apache-2.0
SOURCES := tests/sys/apps/abi_authority.c tests/sys/apps/abi_start.S
STACK_SIZE := 1536
HEAP_SIZE := 0
KERNEL_HEAP_SIZE := 1024
SHORT_ID := 0x1234

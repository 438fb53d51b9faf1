# SPDX-License-Identifier: Apache-2.0
SOURCES := tests/sys/apps/abi_authority.c tests/sys/apps/abi_start.S
STACK_SIZE := 1536
HEAP_SIZE := 0
KERNEL_HEAP_SIZE := 1024
SHORT_ID := 0x1234
HEADER_SIZE := 192
PERMISSIONS := 1,0 1,1 8,1 8,2 0,0 0,1 0,2 0,3 0,5 0,6 \
    0x10002,0 0x10002,1 0x10002,2 0x10002,3 0x10002,4 0x10002,5 0x10002,6

# SPDX-License-Identifier: Apache-2.0
SOURCES := tests/sys/apps/abi_start.c tests/sys/apps/abi_start.S
STACK_SIZE := 1536
HEAP_SIZE := 512
KERNEL_HEAP_SIZE := 1024

# SPDX-License-Identifier: Apache-2.0
SOURCES := tests/sys/apps/abi_registers.c tests/sys/apps/abi_registers.S
STACK_SIZE := 2048
HEAP_SIZE := 5000
KERNEL_HEAP_SIZE := 1024

# SPDX-License-Identifier: Apache-2.0
STACK_SIZE := 1024
HEAP_SIZE := 0
KERNEL_HEAP_SIZE := 768

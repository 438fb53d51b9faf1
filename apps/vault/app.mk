# SPDX-License-Identifier: Apache-2.0
STACK_SIZE := 1536
HEAP_SIZE := 0
KERNEL_HEAP_SIZE := 2048
# By it, and by the key that signed it, the app finds its data again.
SHORT_ID := 0x7A017000

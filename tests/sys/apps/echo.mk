# SPDX-License-Identifier: Apache-2.0
STACK_SIZE := 896
HEAP_SIZE := 0

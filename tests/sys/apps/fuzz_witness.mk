# SPDX-License-Identifier: Apache-2.0
STACK_SIZE := 768
HEAP_SIZE := 0

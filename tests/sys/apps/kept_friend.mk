# SPDX-License-Identifier: Apache-2.0
STACK_SIZE := 1536
HEAP_SIZE := 0
KERNEL_HEAP_SIZE := 1536
SHORT_ID := 0x4E570003
TAB_FLAGS := --storage-write-id 0x4E570003 \
    --storage-read-ids 0x4E570001,0x4E570003 \
    --storage-modify-ids 0x4E570001,0x4E570003

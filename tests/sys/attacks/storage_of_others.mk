# SPDX-License-Identifier: Apache-2.0
HEAP_SIZE := 0
KERNEL_HEAP_SIZE := 1536
SHORT_ID := 0x4E570104
TAB_FLAGS := --storage-write-id 0x4E57000B \
    --storage-read-ids 0x4E57000B,0,0x4E57000B,0xFFFFFFFF,1 \
    --storage-modify-ids 0,0x4E57000B,0x4E57000B,0xFFFFFFFF,1

# SPDX-License-Identifier: Apache-2.0
STACK_SIZE := 1536
HEAP_SIZE := 4096
KERNEL_HEAP_SIZE := 3072
HEADER_SIZE := 0x300
SHORT_ID := 0xF0220002
TAB_FLAGS := --storage-write-id 0xF0220002 \
    --storage-read-ids 0xF0220001,0xF0220002 --storage-modify-ids 0xF0220002
# Most drivers, of some the even commands, and one of low-level debug, by which it
# reports.
PERMISSIONS := 8,3 $(foreach d,0 1 3 4 9 0x10000 0x20001 0x40001 0x40003 0x40006 \
    0x50000 0x50001 0x50003 0x50004 0x60000 0x90008,\
    $(foreach c,0 1 2 3 4 5 6 7 8 9 10,$d,$c)) \
    $(foreach d,2 5 0x10 0x10001 0x10002 0x20003 0x40002 0x40005 0x80010001 0x80010003,\
    $(foreach c,0 2 4 6,$d,$c))

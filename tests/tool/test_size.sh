#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# BUILDS: kernels
# `make size`: every row of a board's table is there, with what it costs.
set -u
passed=0
failed=0
said=$(mktemp)
trap 'rm -f "$said"' EXIT

check() {
    sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "  ok    $sentence"
    else
        failed=$((failed + 1))
        echo "  FAIL  $sentence"
        sed 's/^/        /' "$said"
    fi
}

# row CODE GRANT DRIVER: patterns
row() {
    grep -Eq "^ *$1 +$2 +$3\$" "$said"
}

some='[1-9][0-9]*'
make -s size BOARD=hifive1-static >"$said" 2>&1
check 'grants of a board that takes its machine from another' \
    row "$some" "$some" '0x00000 drivers/alarm.c'
for board in qemu-virt hifive1-revb; do
    check "sizes of $board" sh -c "make -s size BOARD=$board >'$said' 2>&1"
    check '... in all' grep -q "^$board kernel: $some bytes of flash ($some of code), " "$said"
    check '... with a driver that keeps something per app' \
        row "$some" "$some" '0x00000 drivers/alarm.c'
    check '... with one that keeps nothing' row "$some" 0 '0x00002 drivers/led.c'
    rows=$(grep -c '  0x' "$said")
    table=$({ cat "boards/$board"/*.[ch]
              sed -n 's/^#include <\(boards\/common\/.*\)>/\1/p' "boards/$board"/*.[ch] |
                  xargs -r cat
            } | grep -c 'DRIVER_[A-Z_]*, &')
    check "... with all $table drivers" [ "$rows" = "$table" ]
done

# Nobody reads a line of it. Another make may be above, whose jobs are not handed on.
env -u MAKEFLAGS -u MAKELEVEL make -s size BOARD=qemu-virt 2>"$said" | :
check 'who reads no more of it ends it, without a word' [ ! -s "$said" ]
tools/size_drivers.py "${CROSS:-riscv64-unknown-elf-}" qemu-virt 2>"$said" | :
check '... and so in the table of drivers' [ ! -s "$said" ]

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The build itself: from a copy without git, in a folder whose name has spaces,
# in parallel, and after a change exactly what depends on it.
set -u
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree="$work/a tree with spaces"
unset MAKEFLAGS MFLAGS MAKELEVEL BOARD APPS

# A sentence, and a command that has to succeed for it to be true.
check() {
    sentence=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
        echo "  ok    $sentence"
    else
        failed=$((failed + 1))
        echo "  FAIL  $sentence"
        tail -n 30 "$work/said" | sed 's/^/        /'
    fi
}

build() {
    make -j2 BOARD=qemu-virt build/qemu-virt/kernel.elf \
        build/qemu-virt/apps.img "$@"
}

# What the next build does, one `STEP file` a line, in $work/steps.
# shellcheck disable=SC2120 # called through check
rebuild() {
    build "$@" >"$work/steps" 2>&1
}

did() {
    grep -q "$1" "$work/steps"
}

did_not() {
    ! did "$1"
}

did_nothing() {
    # shellcheck disable=SC2119
    rebuild && ! grep -E '^  [A-Z]+ ' "$work/steps"
}

mkdir "$tree"
tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$tree"
cd "$tree" || exit 1

check 'a copy without git, in a path with spaces, builds with -j2' build
check 'a second build does nothing' did_nothing

touch kernel/process.h
check 'a touched header rebuilds' rebuild
check '... what includes it' did 'CC .*kernel/process\.c'
check '... and nothing else' did_not 'CC .*pic/tbf\.c'
check '... and links the kernel' did 'LD .*kernel\.elf'

check 'a changed flag rebuilds' rebuild EXTRA_CFLAGS=-DNO_SUCH_NAME
check '... every file' did 'CC .*pic/tbf\.c'
check 'and the old flags rebuild them again' rebuild
check '... every file, once more' did 'CC .*pic/tbf\.c'

rm build/qemu-virt/kernel.elf
check 'the linked kernel, removed, comes back for gdb' sh -c \
    'make BOARD=qemu-virt kernel >/dev/null && [ -e build/qemu-virt/kernel.elf ]'
check '... and then nothing is left to do' did_nothing

touch linker/kernel.ld
check 'a touched linker script' rebuild
check '... links the kernel' did 'LD .*kernel\.elf'
check '... and compiles nothing' did_not 'CC '

check 'another choice of apps makes a new image' rebuild APPS=hello
check '... without compiling the kernel' did_not 'CC .*kernel/'
check '... the image' did 'IMAGE'

# A port by docs/porting.md, of a chip that QEMU has: sifive_e.
port() (
    make -j2 BOARD=mine kernel || exit 1
    : >"$work/port"
    rm -f "$work/line" && mkfifo "$work/line"
    timeout -s KILL 30 qemu-system-riscv32 -M sifive_e,revb=true -nodefaults \
        -display none -serial stdio -kernel build/mine/kernel.elf \
        <"$work/line" >"$work/port" 2>&1 &
    exec 3>"$work/line"
    trap '' PIPE
    tries=0
    until grep -q "$1" "$work/port" || [ "$tries" = 50 ]; do
        printf 'status\r' >&3
        sleep 0.2
        tries=$((tries + 1))
    done
    kill "$!"
    cat "$work/port"
    grep -q "$1" "$work/port"
)

cp -R boards/template boards/mine
cp -R chips/template chips/mine
sed -i 's/template/mine/g' boards/mine/* chips/mine/*
check 'a copy of the empty port builds, and is silent' sh -c \
    'make -j2 BOARD=mine kernel && nm build/mine/kernel.elf | grep -q operator_receive'
sed -i 's/(void)byte;/mmio_write32(0x10013008, 1), mmio_write32(0x10013000, byte);/
    s/#include <chips.mine.missing.h>/&\n#include <berth\/mmio.h>/' chips/mine/uart.c
check '... until it can put a byte: then it says what comes next' \
    port 'KERNEL PANIC: write mine_uart_init() in chips/mine/uart.c'
cat >"$work/wiring.sed" <<'END'
s/mine_uart/sifive_uart/
s,#include <chips/mine/uart.h>,#include <berth/hil/chip.h>\
#include <chips/common/plic.h>\
#include <chips/sifive-e/uart.h>,
s/missing("write inter.*/plic_init();/
s/^static struct mux mux;/IRQ_TABLE({ 3, sifive_uart_serve, \&uart0 })\
&/
s/#define SLOTS .*/&\
uint32_t chip_timer_hz(void)\
{\
    return 10000000;\
}/
END
sed -i -f "$work/wiring.sed" boards/mine/board.c
sed -i 's,chips/mine/chip.c.*,chips/common/clint.c chips/common/plic.c \\\
    chips/sifive-e/uart.c \\,' boards/mine/board.mk
check 'with the drivers of its chip it has a prompt, and answers' port 'berth\$ '
rm -r boards/mine chips/mine

cat >>kernel/process.c <<'END'
this is no C
END
check 'what does not compile fails the build' sh -c '! make BOARD=qemu-virt kernel'

check 'help needs nothing that was built' sh -c 'rm -rf build && make help | grep -q "^  run "'
mkdir boards/half && : >boards/half/board.mk
check 'a board that lacks a setting is told which' sh -c \
    'make BOARD=half kernel 2>&1 | grep "boards/half/board.mk does not set BOARD_PMP_ENTRIES"'
rm -r boards/half

check 'an unknown board is refused by name' \
    sh -c 'make BOARD=nonesuch help 2>&1 | grep -q "no board \"nonesuch\"; there are: "'
check 'clean leaves nothing behind' sh -c 'make clean && test ! -e build'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

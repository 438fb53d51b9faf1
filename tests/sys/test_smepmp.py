# SPDX-License-Identifier: Apache-2.0
"""The same kernel on a core with Smepmp: what it executes is read-only to it,
and app memory is out of its reach but for checked copies."""
from gdb import Gdb, address_of, listen
from harness import ICOUNT, Failed, boot
from test_abi import all_hold
from test_operator import PROMPT, WITNESS

VIRT = ["virt"]
EPMP = "x-epmp=true"
MSECCFG_MML = 1
TEXT, APP_RAM = 0x20000100, 0x80010000
LOCKED_RX = 0x9D  # locked, NAPOT, read and execute: the kernel's alone


@boot("hello", "blink", "crash", boards=VIRT, cpu=EPMP)
def with_smepmp_apps_run_and_faults_are_reported(m):
    m.expect_all([r"Hello from hello",
                  r"crash \(pid \d+\) faulted: wrote 0x[0-9a-f]+, 4 bytes below"])
    m.until_listed("hello", "Terminated")
    m.until_listed("crash", "Faulted")
    m.until_listed("blink", "Yielded|Running")
    m.type("process blink")
    m.expect(r" 𝐀𝐩𝐩: blink ")


@boot("abi_returns", boards=VIRT, cpu=EPMP)
def with_smepmp_calls_answer_the_same(m):
    all_hold(m, "abi_returns", 138)


@boot("abi_memory", boards=VIRT, cpu=EPMP)
def with_smepmp_the_break_moves_the_same(m):
    all_hold(m, "abi_memory", 66)


@boot("abi_yield", boards=VIRT, cpu=EPMP)
def with_smepmp_yields_behave_the_same(m):
    all_hold(m, "abi_yield", 45)


@boot("abi_drivers", boards=VIRT, cpu=EPMP)
def with_smepmp_drivers_reach_app_memory(m):
    all_hold(m, "abi_drivers", 97)


@boot("abi_start.0", boards=VIRT, cpu=EPMP)
def with_smepmp_every_life_begins_like_the_first(m):
    m.expect(r"abi_start: done")
    all_hold(m, "abi_start", 17)


# QEMU 7.2 sometimes stands still at a reset when its time is virtual.
@boot("hello", "witness", boards=VIRT, cpu=EPMP, extra=())
def with_smepmp_the_board_can_be_reset_again_and_again(m):
    for _ in range(3):
        m.expect(r"Hello from hello")
        m.expect(r"witness: \d+ periods")
        m.type("reset")
    m.expect(r"Hello from hello")
    m.expect(PROMPT)


@boot("witness", boards=VIRT, cpu=EPMP, extra=(*ICOUNT, *listen("walls")))
def with_smepmp_the_kernels_text_is_a_locked_rule_of_its_own(m):
    m.expect(WITNESS)
    with Gdb("walls") as gdb:
        if gdb.read("mseccfg") != MSECCFG_MML:
            raise Failed(f"mseccfg is {gdb.read('mseccfg'):#x}")
        if gdb.read("pmpcfg3") != LOCKED_RX << 24 | LOCKED_RX << 16:
            raise Failed(f"pmpcfg3 is {gdb.read('pmpcfg3'):#x}")
        if gdb.read("pmpaddr14") != 0x1000 >> 2 | (0x1000 >> 3) - 1:
            raise Failed(f"pmpaddr14 is {gdb.read('pmpaddr14'):#x}")
        if gdb.read("pmpaddr15") != 0x20000000 >> 2 | (32 << 20 >> 3) - 1:
            raise Failed(f"pmpaddr15 is {gdb.read('pmpaddr15'):#x}")


def write_by_kernel(m, name, target):
    """Makes the kernel's memset, called for an app's break while its wall is
    up, write elsewhere. So it is no test code that writes, nor the debugger."""
    m.expect(r"abi_break: moves")
    with Gdb(name) as gdb:
        gdb.run_to(address_of("qemu-virt", "memset"))
        gdb.write("a0", target)
        gdb.write("a2", 4)


def is_denied(m, target):
    """Waits for the panic that a denied write of the kernel is."""
    m.expect(r"KERNEL PANIC: a trap in the kernel\r\n"
             rf"core: mcause 7 mtval 0x{target:08x}\r\n")
    m.expect(r"KERNEL PANIC END")
    if m.wait() != 3:
        raise Failed("another exit status")


@boot("abi_break", boards=VIRT, cpu=EPMP, may_panic=True,
      extra=(*ICOUNT, *listen("text")))
def with_smepmp_the_kernel_can_not_write_its_own_text(m):
    write_by_kernel(m, "text", TEXT)
    is_denied(m, TEXT)


@boot("abi_break", boards=VIRT, cpu=EPMP, may_panic=True,
      extra=(*ICOUNT, *listen("ram")))
def with_smepmp_the_kernel_can_not_write_app_memory_by_itself(m):
    write_by_kernel(m, "ram", APP_RAM)
    is_denied(m, APP_RAM)


@boot("abi_break", boards=VIRT, extra=(*ICOUNT, *listen("plain")))
def without_smepmp_such_a_write_is_what_it_takes_the_other_for(m):
    write_by_kernel(m, "plain", APP_RAM)
    m.expect(r"abi_break: RAM start has changed")

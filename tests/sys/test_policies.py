# SPDX-License-Identifier: Apache-2.0
"""What a board may choose: schedulers, what happens upon a fault, watchdog,
permissions, authority. The boards are those of tests/sys/boards/, each the
machine of qemu-virt with other policies."""
import re

from harness import IDLE, SLOW, SLOW_IDLE, Failed, boot
from test_abi import all_hold

VIRT = ["virt"]
WITNESS = r"witness: (\d+) periods, (\d+) missed, worst (\d+) us"


def witness_misses(m, reports=3):
    """How many periods the witness has missed by its third report."""
    for _ in range(reports):
        report = m.expect(WITNESS)
    return int(report[2]), int(report[3])


def quanta(m, name):
    """Slices used up, of each app of that name."""
    m.type("list")
    m.expect(r"State\r\n")
    found = []
    while True:
        row = m.expect(r"^ \d+ +\S+ +(\S+) +(\d+) +\d+ +\d+ +\d+/ ?\d+ +\S|"
                       r"^(?:\r\x1b\[K)?berth\$ ")
        if row[1] is None:
            return found
        if row[1] == name:
            found.append(int(row[2]))


# ---- schedulers ------------------------------------------------------------------


@boot("hog", "witness", boards=VIRT, extra=SLOW)
def round_robin_keeps_a_period_beside_an_app_that_computes(m):
    m.expect(r"hog: 3 bursts")
    if witness_misses(m)[0] != 0:
        raise Failed("periods were missed")


@boot("hog", "witness", boards=VIRT, kernel="virt-cooperative", extra=SLOW)
def cooperative_lets_an_app_compute_until_it_blocks(m):
    m.expect(r"hog: 3 bursts")
    missed, worst = witness_misses(m)
    if missed == 0 or worst < 10000:
        raise Failed(f"only {missed} missed, worst {worst} us")
    if quanta(m, "hog") != [0]:
        raise Failed("it was pre-empted")


@boot("bystander", "witness", boards=VIRT, kernel="virt-priority", extra=SLOW)
def priority_runs_the_more_urgent_app_at_once(m):
    m.expect(r"bystander: \d+ rounds")
    if witness_misses(m)[0] != 0:
        raise Failed("periods were missed")


@boot("witness", "spin", boards=VIRT, kernel="virt-priority", extra=SLOW)
def priority_starves_the_less_urgent_app(m):
    m.expect(r"spin: begins")
    try:
        m.expect(WITNESS, timeout=4)
    except Failed:
        return
    raise Failed("it ran")


@boot("hello", "hello", "bystander", "bystander", boards=VIRT,
      kernel="virt-priority", extra=SLOW)
def priority_shares_among_equals(m):
    m.expect(r"bystander: 100000 rounds")
    m.expect(r"bystander: 100000 rounds")
    counts = quanta(m, "bystander")
    if len(counts) != 2 or min(counts) < 2:
        raise Failed(f"slices: {counts}")


@boot("bystander", "bystander", "witness", boards=VIRT, kernel="virt-mlfq", extra=SLOW)
def feedback_keeps_a_period_beside_apps_that_compute(m):
    m.expect(r"bystander: 100000 rounds")
    m.expect(r"bystander: 100000 rounds")
    missed, worst = witness_misses(m, 6)
    if missed > 4 or worst > 30000: # when all are back at the top together
        raise Failed(f"{missed} periods were missed, worst {worst} us")
    if min(quanta(m, "bystander")) == 0:
        raise Failed("one of them does not get on")


# ---- what happens upon a fault ------------------------------------------------------


@boot("crash", "witness", boards=VIRT, kernel="virt-mlfq")
def a_board_may_restart_an_app_that_faults_for_ever(m):
    ids = [int(m.expect(r"crash \(pid (\d+)\) faulted")[1]) for _ in range(10)]
    if len(set(ids)) != 10:
        raise Failed("a process id was used twice")
    if witness_misses(m)[0] != 0:
        raise Failed("periods were missed")


@boot("crash", "ticker", boards=VIRT, kernel="virt-cooperative")
def restarts_come_later_each_time_and_end_at_the_limit(m):
    m.expect(r"ticker: 60\s")
    ticks = [len(re.findall(r"ticker: ", m.output[:at.start()]))
             for at in re.finditer(r"crash \(pid \d+\) faulted", m.output)]
    if len(ticks) != 4:
        raise Failed(f"{len(ticks)} faults, not 4")
    gaps = [b - a for a, b in zip(ticks, ticks[1:])]
    if any(abs(gap - want) > 1 for gap, want in zip(gaps, (2, 4, 8))):
        raise Failed(f"restarted after {gaps} ticks, not 2, 4, 8")
    m.type("list")
    m.expect(r" crash +\d+ +\d+ +3 +0/ ?\d+ +Faulted")
    m.type("boot crash")
    m.expect(r"crash \(pid \d+\) faulted")


@boot("crash", boards=VIRT, extra=IDLE)
def a_board_may_leave_an_app_down_that_faults(m):
    m.expect(r"crash \(pid 256\) faulted")
    m.type("list")
    m.expect(r" crash +\d+ +\d+ +0 +0/ ?\d+ +Faulted")


@boot("abi_class", "witness", boards=VIRT, kernel="virt-deny", may_panic=True)
def a_board_may_panic_upon_a_fault(m):
    m.expect(r"^KERNEL PANIC: an app faulted and the board's policy is to panic")
    m.expect(r"^abi_class \(pid 256\) faulted: made a system call of the "
             r"unknown class 0x000000bd")
    m.expect(r"^KERNEL PANIC END")
    if m.wait() != 3:
        raise Failed("another exit status")


@boot("spin", "witness", "hog", boards=VIRT, kernel="virt-watchdog", extra=SLOW)
def a_watchdog_ends_an_app_that_stops_yielding_and_no_other(m):
    m.expect(r"spin \(pid 256\) faulted: did not yield in time, at 0x2200")
    m.expect(r"hog: 20 bursts")
    if witness_misses(m)[0] != 0:
        raise Failed("periods were missed")
    m.type("list")
    m.expect(r" spin .* Faulted")
    m.expect(r" witness .* (Yielded|Running)")
    m.expect(r" hog .* (Yielded|Running)")


# ---- permission and authority --------------------------------------------------------


@boot("abi_filter", "hello", boards=VIRT, kernel="virt-deny", extra=IDLE)
def with_deny_by_default_an_app_without_permissions_may_call_no_driver(m):
    all_hold(m, "abi_filter", 24)
    m.until_listed("hello", "Terminated")
    m.refuse("Hello")


@boot("abi_authority.0", "bystander", boards=VIRT, kernel="virt-mlfq", extra=SLOW_IDLE)
def an_app_on_the_authority_list_may_order_others_and_itself_about(m):
    all_hold(m, "abi_authority", 15)
    m.expect(r"abi_authority: stops itself")
    m.until_listed("abi_authority", r"Stopped\(Running\)")
    m.type("start abi_authority")
    m.expect(r"abi_authority: goes on")
    m.expect(r"abi_authority \(pid 512\) faulted: was ordered to")
    all_hold(m, "abi_authority", 5)
    m.until_listed("abi_authority", "Terminated")
    m.refuse("RETURNED")


@boot("abi_sees", "abi_nobody", boards=VIRT, kernel="virt-mlfq")
def seeing_is_not_ordering_and_no_shortid_is_no_authority(m):
    m.expect_all([r"abi_sees: sees 2, orders answer 10 and 10",
                  r"abi_nobody: sees 1, orders answer 10 and 0"])

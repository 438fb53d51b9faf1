# SPDX-License-Identifier: Apache-2.0
"""The bench apps on the machine model and under QEMU's -icount: every figure
they print, each a count of instructions that went by, has to be the same.
lockstep.py --counts runs this."""
import re
import sys

sys.path.insert(0, "tests/sys")
import harness  # noqa: E402

BOARD = "qemu-virt"
RUNS = [
    (["bench_calls", "bench_idle", "bench_idle"], r"bench done", r"bench \w+ \d+"),
    (["bench_boot"], r"prints 0x[0-9a-f]+\n", r"prints 0x[0-9a-f]+"),
    (["bench_idle", "bench_switch", "bench_switch"],
     r"gaps done[\s\S]*gaps done", r"gap \d+ \d+"),
]


def figures(on, apps, until, pattern):
    harness.ON = on
    image = f"build/{BOARD}/bench/{'-'.join(apps)}.img"
    harness.make_image(BOARD, apps, image)
    with harness.Machine(BOARD, image) as machine:
        machine.expect(until)
        return re.findall(pattern, machine.output)


def compare():
    """How many runs passed, and failed."""
    passed = failed = 0
    harness.ON = "sim"
    targets = [tbf for apps, _, _ in RUNS for tbf in harness.tbfs(BOARD, apps)]
    trouble = harness.build(BOARD, sorted(set(targets)))
    if trouble:
        print(trouble)
        return 0, 1
    for apps, until, pattern in RUNS:
        ours = figures("sim", apps, until, pattern)
        theirs = figures("qemu", apps, until, pattern)
        different = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]]
        if ours and ours == theirs:
            passed += 1
            print(f"counts: {apps[-1]}: {len(ours)} lines are the same")
            continue
        failed += 1
        print(f"FAILED {apps[-1]}: {len(ours)} lines here, {len(theirs)} in QEMU")
        for mine, other in different[:5]:
            print(f"    {mine!r} here, {other!r} in QEMU")
    return passed, failed

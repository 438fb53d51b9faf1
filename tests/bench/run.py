# SPDX-License-Identifier: Apache-2.0
"""Measures, and compares with goals and with the committed baseline.

    python3 tests/bench/run.py [--update]

Figures are instructions counted inside QEMU, which repeat exactly, and bytes.
An app or the kernel states one by a line `bench: NAME VALUE`; "bench: done"
ends a run. Writes build/bench.txt, one `NAME VALUE` a line. A figure more than
2 % above tests/bench/baseline.txt fails, and so does one that is not measured
any more; --update makes what was measured the new baseline. A goal that is
missed is shown, no failure. The last line is `N passed, N failed`.
"""
import argparse
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "sys"))
import harness  # noqa: E402 (needs the path above)

BOARD = "qemu-virt"
# The apps of each run, in the order of their slots.
RUNS = (
    ("bench", "bench_idle", "bench_idle"),
    ("bench_first",),
    ("bench_switch", "bench_switch", "bench_idle"),
)
FIGURE = re.compile(r"^bench: (\w+) (\d+)\s*$", re.M)
SLACK = 1.02
GOALS = "tests/bench/goals.txt"
BASELINE = "tests/bench/baseline.txt"
RESULT = "build/bench.txt"
OBJDUMP = os.environ.get("CROSS", "riscv64-unknown-elf-") + "objdump"


def table(path):
    """A file of `NAME VALUE` lines; a value of - means there is none."""
    figures = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                words = line.split("#")[0].split()
                if len(words) == 2:
                    figures[words[0]] = None if words[1] == "-" else int(words[1])
    return figures


def boot_figures():
    """What the runs in QEMU state."""
    figures = {}
    runs = [r for r in RUNS if all(os.path.exists(f"tests/bench/{a}.c") for a in r)]
    targets = [t for apps in runs for t in harness.tbfs(BOARD, apps)]
    trouble = harness.build(BOARD, targets)
    if trouble:
        raise harness.Failed(trouble)
    for number, apps in enumerate(runs):
        image = f"build/{BOARD}/bench{number}.img"
        harness.make_image(BOARD, apps, image)
        with harness.Machine(BOARD, image) as machine:
            machine.expect(r"^bench: done")
            machine.refuse(harness.PANIC)
            figures.update((n, int(v)) for n, v in FIGURE.findall(machine.output))
        os.remove(image)
    return figures


def size_figures():
    """Flash and static RAM of each board's kernel."""
    figures = {}
    for name, board in (("virt", "qemu-virt"), ("hifive1", "hifive1-revb")):
        trouble = harness.build(board, [])
        if trouble:
            raise harness.Failed(trouble)
        said = subprocess.run(["tools/size", "--totals", OBJDUMP, f"build/{board}"],
                              stdout=subprocess.PIPE, text=True, check=True).stdout
        for kind, value in re.findall(r"(\w+) (\d+)", said):
            figures[f"size_{name}_{kind}"] = int(value)
    return figures


def compare(figures, goals, baseline):
    """Prints every figure; how many are no worse than they were, and are."""
    passed = failed = 0
    print(f"  {'':22}{'measured':>10}{'goal':>8}{'baseline':>10}")
    for name in dict.fromkeys([*goals, *baseline, *figures]):
        value, goal, before = figures.get(name), goals.get(name), baseline.get(name)
        if value is None:
            worse, note = before is not None, "not measured"
        else:
            worse = before is not None and value > before * SLACK
            note = ("worse than the baseline" if worse else
                    "goal missed" if goal is not None and value > goal else "")
        passed += value is not None and not worse
        failed += worse
        cells = "".join(f"{'-' if v is None else v:>{w}}"
                        for v, w in ((value, 10), (goal, 8), (before, 10)))
        print(f"  {name:22}{cells}  {note}".rstrip())
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    update = parser.parse_args().update
    try:
        figures = {**boot_figures(), **size_figures()}
    except harness.Failed as failure:
        print(failure)
        print("0 passed, 1 failed")
        return 1
    lines = "".join(f"{name} {value}\n" for name, value in figures.items())
    for path in [RESULT] + ([BASELINE] if update else []):
        with open(path, "w", encoding="utf-8") as file:
            file.write(lines)
    passed, failed = compare(figures, table(GOALS), table(BASELINE))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

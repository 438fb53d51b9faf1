# SPDX-License-Identifier: Apache-2.0
"""Runs the programs that cut the power, and sums their last lines.

    python3 tests/run_power.py PROGRAM... [-- ARGUMENT...]

Each prints its worlds and ends with `N passed, N failed`, as this does.
"""
import re
import subprocess
import sys

SUM = re.compile(r"^(\d+) passed, (\d+) failed$")


def run(program, arguments):
    """Runs one program, its output passed on but for the sum."""
    total = None
    with subprocess.Popen([program, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            total = SUM.match(line.rstrip())
            if not total:
                print(line, end="", flush=True)
    if not total:
        print(f"  FAIL  {program}: ended without a sum, status "
              f"{process.returncode}")
        return 0, 1
    passed, failed = (int(n) for n in total.groups())  # none: not wanted
    if process.returncode != 0 and failed == 0 and passed:
        print(f"  FAIL  {program}: status {process.returncode}")
        failed = 1
    return passed, failed


def main(words):
    cut = words.index("--") if "--" in words else len(words)
    results = [run(program, words[cut + 1:]) for program in words[:cut]]
    passed, failed = (sum(r[i] for r in results) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""Runs test scripts, tests/tool/test_*.sh and .py, and sums their last lines.

    python3 tests/run_scripts.py SCRIPT...

Each prints its tests and ends with `N passed, N failed`, as this does.
"""
import os
import re
import subprocess
import sys

# A script hangs or not; the long runs take their hours.
TIMEOUT = 6 * 3600 if os.environ.get("FULL") else 1200
SUM = re.compile(r"^(\d+) passed, (\d+) failed$")


def run(script):
    """Runs one script, its output passed on but for the sum."""
    shell = ["sh"] if script.endswith(".sh") else [sys.executable]
    try:
        done = subprocess.run([*shell, script], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        print(f"  FAIL  {script}: did not end within {TIMEOUT} s")
        return 0, 1
    lines = done.stdout.splitlines()
    total = SUM.match(lines[-1]) if lines else None
    print("\n".join(lines[:-1] if total else lines), flush=True)
    if not total:
        print(f"  FAIL  {script}: ended without a sum, status {done.returncode}")
        return 0, 1
    passed, failed = (int(n) for n in total.groups())
    if done.returncode != 0 and failed == 0:
        print(f"  FAIL  {script}: status {done.returncode}")
        failed = 1
    return passed, failed


def main(scripts):
    results = []
    for script in scripts:
        print(f"  {os.path.basename(script)}", flush=True)
        results.append(run(script))
    passed, failed = (sum(r[i] for r in results) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""Runs test scripts, tests/tool/test_*.sh and .py, and sums their last lines.

    python3 tests/run_scripts.py [--jobs N] SCRIPT...

Each prints its tests and ends with `N passed, N failed`, as this does. N of them
run at a time: for those that mostly wait, and build nothing. With FULL=1 one.
"""
import concurrent.futures
import os
import re
import subprocess
import sys

# A script hangs or not; the long runs take their hours.
TIMEOUT = 6 * 3600 if os.environ.get("FULL") else 1200
SUM = re.compile(r"^(\d+) passed, (\d+) failed$")


def run(script):
    """Runs one script; what it said but for the sum, and that."""
    shell = ["sh"] if script.endswith(".sh") else [sys.executable]
    try:
        done = subprocess.run([*shell, script], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return f"  FAIL  {script}: did not end within {TIMEOUT} s", 0, 1
    lines = done.stdout.splitlines()
    total = SUM.match(lines[-1]) if lines else None
    if not total:
        lines.append(f"  FAIL  {script}: ended without a sum, status "
                     f"{done.returncode}")
        return "\n".join(lines), 0, 1
    del lines[-1]
    passed, failed = (int(n) for n in total.groups())
    if done.returncode != 0 and failed == 0:
        lines.append(f"  FAIL  {script}: status {done.returncode}")
        failed = 1
    return "\n".join(lines), passed, failed


def main(scripts):
    jobs = 1
    if scripts[:1] == ["--jobs"]:
        jobs = 1 if os.environ.get("FULL") else int(scripts[1])
        scripts = scripts[2:]
    results = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for script, result in zip(scripts, pool.map(run, scripts)):
            print(f"  {os.path.basename(script)}\n{result[0]}", flush=True)
            results.append(result[1:])
    passed, failed = (sum(r[i] for r in results) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""Runs test scripts, tests/tool/test_*.sh and .py, and sums their last lines.

    python3 tests/run_scripts.py [--jobs N] SCRIPT...

Each prints its tests and ends with `N passed, N failed`, as this does. N of them
run at a time, with FULL=1 one; never two of those that build in this tree, which
say so in a line `# BUILDS: what`. These begin first, as they come to lie in a row.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import threading
import time

# A script hangs or not; the long runs take their hours.
TIMEOUT = 6 * 3600 if os.environ.get("FULL") else 1200
SUM = re.compile(r"^(\d+) passed, (\d+) failed$")
BUILDS = re.compile(r"^# BUILDS: ", re.M)
SLOW_SECONDS = 3  # from here on it is printed how long a script took


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


def builds(script):
    with open(script, encoding="utf-8") as file:
        return BUILDS.search(file.read()) is not None


def timed(script):
    """What run() says of it, and how long that took."""
    began = time.monotonic()
    try:
        said = run(script)
    except OSError as why:
        said = f"  FAIL  {script}: {why}", 0, 1
    return (*said, time.monotonic() - began)


def run_all(scripts, jobs):
    """Runs them, `jobs` at a time: script -> what has become of it, in the end."""
    building = [s for s in scripts if builds(s)]
    others = [s for s in scripts if s not in building]
    one_builds, choice = threading.Lock(), threading.Lock()
    results = {s: concurrent.futures.Future() for s in scripts}

    def work():
        while True:
            with choice:
                is_mine = bool(building) and one_builds.acquire(blocking=False)
                if not is_mine and not others:
                    return  # who builds now goes on with the rest of those
                script = (building if is_mine else others).pop(0)
            results[script].set_result(timed(script))
            if is_mine:
                one_builds.release()

    for _ in range(jobs):
        threading.Thread(target=work, daemon=True).start()
    return results


def main(scripts):
    jobs = 1
    if scripts[:1] == ["--jobs"]:
        jobs = 1 if os.environ.get("FULL") else int(scripts[1])
        scripts = scripts[2:]
    results = []
    for script, future in run_all(scripts, jobs).items():
        said, passed, failed, seconds = future.result()
        slow = f" ({seconds:.0f} s)" if seconds >= SLOW_SECONDS else ""
        print(f"  {os.path.basename(script)}{slow}\n{said}", flush=True)
        results.append((passed, failed))
    passed, failed = (sum(r[i] for r in results) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""Runs cmocka programs, two at a time, and prints every test by name.

    python3 tests/run_host.py PROGRAM...

A program that dies, hangs or runs fewer tests than it announced has failed in
the test after the last one it finished. The last line is `N passed, N failed`.
"""
import concurrent.futures
import os
import re
import subprocess
import sys

TIMEOUT = 300

STARTED = re.compile(r"^\[==========\] (?:\S+: )?Running (\d+) test", re.M)
OK = re.compile(r"^\[ +OK +\] (\S+)", re.M)
RUN = re.compile(r"^\[ +RUN +\] (\S+)", re.M)


def run(program):
    """The program's output and why it is not to be trusted, or None."""
    environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="STDOUT")
    try:
        done = subprocess.run([program], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT,
                              env=environment, check=False)
    except subprocess.TimeoutExpired as late:
        return late.stdout or b"", f"did not end within {TIMEOUT} s"
    if done.returncode < 0:
        return done.stdout, f"died of signal {-done.returncode}"
    return done.stdout, None if done.returncode == 0 else "failed"


def judge(program, output, trouble):
    """Prints one program's tests; how many passed and failed."""
    text = output.decode(errors="replace")
    announced = sum(int(n) for n in STARTED.findall(text))
    begun = RUN.findall(text)
    passed = OK.findall(text)
    name = os.path.basename(program)
    for test in begun:
        print(f"  {'ok  ' if test in passed else 'FAIL'}  {name}: "
              f"{test.replace('_', ' ')}")
    failed = max(announced, len(begun)) - len(passed)
    if announced == 0:
        trouble = trouble or "ran no test"
    if trouble and failed == 0:
        failed = 1
    if failed:
        print(text)
        print(f"  FAIL  {name}: {trouble or 'not every test was run'}")
    sys.stdout.flush()
    return len(passed), failed


def main(programs):
    passed = failed = 0
    if not programs:
        print("there is no program to run")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for program, result in zip(programs, pool.map(run, programs)):
            good, bad = judge(program, *result)
            passed += good
            failed += bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

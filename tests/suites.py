# SPDX-License-Identifier: Apache-2.0
"""Runs suites of tests one after the other, each a verb of the Makefile.

    python3 tests/suites.py [NAME=value ...] SUITE...

Says what is running and how long it took. The last line sums the suites' own
`N passed, N failed`; a suite that ends without one counts as one failure.
"""
import os
import re
import subprocess
import sys
import time

SUM = re.compile(rb"^(\d+) passed, (\d+) failed\s*$")


def run(suite, settings):
    """Runs one suite, its output passed through; passed, failed, seconds."""
    environment = dict(os.environ)
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        environment.pop(name, None)
    print(f"== {suite}", flush=True)
    began = time.monotonic()
    total = None
    with subprocess.Popen(
            ["make", "--no-print-directory", f"-j{min(os.cpu_count() or 1, 4)}",
             suite, *settings], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for line in process.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            total = SUM.match(line) or total
    passed, failed = (int(n) for n in total.groups()) if total else (0, 1)
    if process.returncode != 0 and failed == 0:
        failed = 1
    seconds = time.monotonic() - began
    print(f"== {suite}: {'ok' if failed == 0 else 'FAILED'}, {seconds:.0f} s",
          flush=True)
    return passed, failed, seconds


def table(results):
    """Prints what became of each suite; the status of it all."""
    print("\nsuite           passed  failed  seconds")
    for suite, (passed, failed, seconds) in results.items():
        print(f"{suite:14} {passed:7} {failed:7} {seconds:8.0f}")
    passed = sum(r[0] for r in results.values())
    failed = sum(r[1] for r in results.values())
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def main(arguments):
    settings = [a for a in arguments if "=" in a]
    return table({s: run(s, settings) for s in arguments if "=" not in s})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""Runs the programs that cut the power, beside each other, and sums their last lines.

    python3 tests/run_power.py PROGRAM... [-- ARGUMENT...]

Each prints its worlds and ends with `N passed, N failed`, as this does.
"""
import queue
import re
import subprocess
import sys
import threading

SUM = re.compile(r"^(\d+) passed, (\d+) failed$")


class Run:
    """One program, begun; what it says waits until it is asked for."""

    def __init__(self, program, arguments):
        self.program, self.said = program, queue.Queue()
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.said.put(line)
        self.said.put(None)

    def report(self):
        """Passes its lines on but for the sum, which it returns."""
        total = None
        for line in iter(self.said.get, None):
            total = SUM.match(line.rstrip())
            if not total:
                print(line, end="", flush=True)
        status = self.process.wait()
        if not total:
            print(f"  FAIL  {self.program}: ended without a sum, status {status}")
            return 0, 1
        passed, failed = (int(n) for n in total.groups())  # none: not wanted
        if status != 0 and failed == 0 and passed:
            print(f"  FAIL  {self.program}: status {status}")
            failed = 1
        return passed, failed


def main(words):
    cut = words.index("--") if "--" in words else len(words)
    begun = [Run(program, words[cut + 1:]) for program in words[:cut]]
    results = [run.report() for run in begun]
    passed, failed = (sum(r[i] for r in results) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

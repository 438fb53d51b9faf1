# SPDX-License-Identifier: Apache-2.0
"""`make hil`, with the machine model at the other end of a pseudo-terminal in
place of a board: the runner, the installing and the resetting are the same."""
import os
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import ROOT, folder  # noqa: E402
from berth_tool import main  # noqa: E402

BOARD = "hifive1-revb"
# At the speed of 16 MHz; what is looked at is not how long an erase takes.
SIM = ["build/berth-sim", "--shift", "6", "--pace", "real", "--flash-speed", "20",
       "--serial", "pty"]


def make(*words):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(["make", "-j2", "--no-print-directory", *words], cwd=ROOT,
                          env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=500)


class Hil(unittest.TestCase):
    def setUp(self):
        holder = folder()
        self.addCleanup(holder.cleanup)
        self.dir = holder.name

    def board(self):
        """A board without apps; the device it is at."""
        done = make(f"BOARD={BOARD}", "kernel", "build/berth", "build/berth-sim")
        self.assertEqual(done.returncode, 0, done.stdout)
        log = os.path.join(self.dir, "log")
        with open(log, "w", encoding="utf-8") as said:
            process = subprocess.Popen(
                [*SIM, "--flash", os.path.join(self.dir, "flash"), BOARD,
                 f"build/{BOARD}/kernel.elf"], cwd=ROOT, stderr=said,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for _ in range(200):
            with open(log, encoding="utf-8") as said:
                found = re.search(r"serial line is (\S+)", said.read())
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError("the model names no device")

    def hil(self, *words):
        return make("hil", *words)

    def test_attacks_and_scenarios_run_on_a_board(self):
        port = self.board()
        done = self.hil(f"PORT={port}", f"BOARD={BOARD}",
                        "TEST=jump_null read_null list_keeps an_app_that_exits")
        self.assertEqual(done.returncode, 0, done.stdout)
        for name in ("jump_null", "read_null", "list keeps its columns"):
            self.assertIn(f"ok    {BOARD}: {name}", done.stdout)
        self.assertRegex(done.stdout, r"\n\d+ passed, 0 failed")

    def test_what_fails_on_the_board_fails_here(self):
        port = self.board()
        done = self.hil(f"PORT={port}", f"BOARD={BOARD}", "TEST=jump_null")
        self.assertEqual(done.returncode, 0, done.stdout)
        script = ("import sys; sys.path.insert(0, 'tests/sys'); import harness, hil\n"
                  "harness.ON = 'hil'\n"
                  f"with hil.Board('{BOARD}', '{port}', [], 20) as m:\n"
                  "    m.type('list')\n"
                  "    m.expect('never said', 2)\n")
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)
        self.assertIn("in vain waited for /never said/", done.stdout)

    def test_what_needs_more_than_a_line_is_left_out_by_name(self):
        port = self.board()
        done = self.hil(f"PORT={port}", f"BOARD={BOARD}",
                        "TEST=restart_storm pins_and_buttons jump_null")
        self.assertIn("left out, as they need another kernel: pins and buttons",
                      done.stdout)
        self.assertIn("need a clock that a reset sets to 0: restart_storm",
                      done.stdout)
        self.assertIn("1 passed, 0 failed", done.stdout)

    def test_no_board_and_no_port_are_told(self):
        silent = os.path.join(self.dir, "nothing")
        done = self.hil(f"PORT={silent}", f"BOARD={BOARD}", "TEST=jump_null")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"berth list: {silent}: No such file", done.stdout)
        for words in ([], [f"BOARD={BOARD}"], [f"PORT={silent}"]):
            self.assertIn("make hil wants PORT=", self.hil(*words).stdout)


if __name__ == "__main__":
    main()

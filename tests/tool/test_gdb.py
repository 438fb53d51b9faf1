# SPDX-License-Identifier: Apache-2.0
# BUILDS: a kernel and an app
"""`make gdb`: the symbols of an app that lies anywhere are where it runs."""
import os
import re
import subprocess
import unittest

import berth_tool

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The kernel stops as each app is ready to run, then one of them in its main.
COMMANDS = ("tbreak process_go", "c", "tbreak process_go", "c", "tbreak rt_start",
            "c", "tbreak printf", "c", "bt", "print/x $pc", "print/x (unsigned)&printf",
            "print chosen")


class GdbFollows(unittest.TestCase):
    def test_code_and_data_of_the_second_of_two_apps(self):
        environment = {k: v for k, v in os.environ.items()
                       if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        environment["GDB_ARGS"] = "-batch " + " ".join(f"-ex '{c}'" for c in COMMANDS)
        done = subprocess.run(
            ["timeout", "-s", "KILL", "120", "make", "--no-print-directory", "gdb-now",
             "BOARD=qemu-virt", "APPS=blink string_tables"],
            cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
        said = done.stdout + done.stderr
        self.assertRegex(said, r"rt_start \(\) at apps/rt/start\.c")
        self.assertRegex(said, r"#1 .* in main \(\) at tests/pic/corpus/string_tables\.c")
        places = [int(n, 16) for n in re.findall(r"\$[12] = (0x22[0-9a-f]+)", said)]
        self.assertEqual(len(places), 2, said)
        self.assertLess(places[0] - places[1], 64)
        self.assertRegex(said, r"\$3 = 0x220[0-9a-f]+ .*\"none\"")


if __name__ == "__main__":
    berth_tool.main()

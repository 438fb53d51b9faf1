# SPDX-License-Identifier: Apache-2.0
"""Live loading by the loader app: the scenarios of the kernel's own server on a
board where the app has the line, and what becomes of it all when the app is
killed, hangs, faults, or is another than it should be. FULL=1 does more."""
import os
import subprocess
import sys
import time
import unittest
import unittest.mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_live_machines  # noqa: E402
from live import BERTH, app  # noqa: E402
from test_live_machines import OnMachine, build  # noqa: E402
from berth_tool import main  # noqa: E402

FULL = bool(os.environ.get("FULL"))
BOARD = "virt-loader"


def setUpModule():  # pylint: disable=invalid-name
    build(BOARD)


class ByTheApp(OnMachine):
    board = BOARD
    own = ("loader",)

    def begin(self, machine, path):
        """An install that will take a while: pages of it are being written."""
        tool = subprocess.Popen([BERTH, "install", "--no-start", path],
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT,
                                env={**os.environ, "BERTH_PORT": machine.port,
                                     "BERTH_PATIENCE": "3"})
        self.assertIn(b"bytes", tool.stdout.readline())
        time.sleep(0.5)
        self.assertIsNone(tool.poll())
        return tool

    def interrupted(self, order):
        """The operator gives an order in the middle of an install."""
        machine = self.machine("witness")
        console = self.console(machine)
        console.wait_for(rb"witness: 50 periods")
        path = self.file("long", self.long)
        tool = self.begin(machine, path)
        console.type(order)
        out, _ = tool.communicate(timeout=100)
        self.assertEqual(tool.returncode, 6, out)
        self.assertNotIn("long", self.found(machine))
        before = len(console.text())
        console.wait_for(rb"(?s)^.{%d}.*witness: \d+ periods, (\d+) missed"
                         % before)
        return machine, console, path

    @staticmethod
    def order(console, line):
        """Before a tool takes the line from the console."""
        console.type(line)
        console.wait_for(line.encode())

    def test_a_killed_loader_harms_nobody_and_frees_its_transfer(self):
        machine, console, path = self.interrupted("terminate loader")
        self.order(console, "boot loader")
        # Somebody else's install finds the room, and that one can go on.
        self.run_berth("install", "--no-start", self.file("other", 4000),
                       port=machine.port)
        self.run_berth("install", "--no-start", path, port=machine.port)
        self.assertEqual(self.found(machine)["long"], [app("long", self.long)])
        self.assertEqual(self.found(machine)["other"], [app("other", 4000)])

    def test_a_killed_loader_goes_on_where_it_was(self):
        machine, console, path = self.interrupted("terminate loader")
        self.order(console, "boot loader")
        out = self.run_berth("install", "--no-start", path, port=machine.port)
        self.assertIn("goes on at", out)
        self.assertEqual(self.found(machine)["long"], [app("long", self.long)])

    def test_a_loader_that_faults_harms_nobody(self):
        machine, console, path = self.interrupted("fault loader")
        self.order(console, "boot loader")
        self.run_berth("install", "--no-start", path, port=machine.port)

    def test_a_loader_that_hangs_harms_nobody(self):
        machine, console, path = self.interrupted("stop loader")
        console.type("start loader")
        console.wait_for(rb"resumed")
        self.run_berth("install", "--no-start", path, port=machine.port)
        self.assertEqual(self.found(machine)["long"], [app("long", self.long)])

    def test_the_loader_updates_others_and_can_be_looked_at(self):
        machine = self.machine("witness")
        self.run_berth("install", self.file("u", 3000, 1), port=machine.port)
        self.run_berth("update", self.file("u", 5000, 2), port=machine.port)
        self.run_berth("confirm", "u", port=machine.port)
        self.assertEqual(self.found(machine)["u"], [app("u", 5000, 2)])
        out = self.run_berth("list", port=machine.port)
        self.assertIn("loader", out)
        for command in ("info", "map", "log"):
            self.run_berth(command, port=machine.port)
        for command in ("stop", "start", "disable", "enable"):
            self.run_berth(command, "u", port=machine.port)
        self.run_berth("remove", "u", port=machine.port)
        self.run_berth("compact", port=machine.port)

    def test_only_who_is_on_the_list_gets_the_line(self):
        """The same app under another ShortId: it is told so, and the tool gets no
        answer."""
        with open("build/apps/loader.tbf", "rb") as file:
            image = bytearray(file.read())
        at = image.index((0x10AD0002).to_bytes(4, "little"))
        image[at:at + 4] = (0x10AD0003).to_bytes(4, "little")
        header = int.from_bytes(image[2:4], "little")
        image[12:16] = bytes(4)
        image[12:16] = test_live_machines.checksum(
            bytes(image[:header])).to_bytes(4, "little")
        forged = "forged_loader"
        with open(f"build/apps/{forged}.tbf", "wb") as file:
            file.write(image)
        self.own = (forged,)
        machine = self.machine("witness")
        console = self.console(machine)
        console.type("log")
        console.wait_for(rb"may not use driver 0x80010003")
        with unittest.mock.patch.dict(os.environ, BERTH_PATIENCE="3"):
            out = self.run_berth("list", port=machine.port, expect=6)
        self.assertIn("does not answer", out)


class InQemu(ByTheApp, unittest.TestCase):
    kind = "qemu"
    long = 150000  # bytes that take a while


class OnTheModel(ByTheApp, unittest.TestCase):
    kind = "sim"
    long = 2000000


IN_QEMU = ("killed_loader_goes_on",)
IN_LONG_RUN = ("faults", "killed_loader_goes_on")


def load_tests(loader, _tests, _pattern):
    """Nearly all on the model, one in QEMU, where it takes longer."""
    suite = unittest.TestSuite()
    for name in loader.getTestCaseNames(OnTheModel):
        if FULL or not any(word in name for word in IN_LONG_RUN):
            suite.addTest(OnTheModel(name))
    for name in loader.getTestCaseNames(InQemu):
        if FULL or any(word in name for word in IN_QEMU):
            suite.addTest(InQemu(name))
    return suite


if __name__ == "__main__":
    main()

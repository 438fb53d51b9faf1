# SPDX-License-Identifier: Apache-2.0
"""The power goes while apps are installed, updated and removed on a running
board: QEMU or the machine model is killed at any moment of it. Then what was
committed is there byte for byte, what was under way is there wholly or not at
all, the board boots and takes it when asked again. Ten cuts; FULL=1: 500."""
import os
import random
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live import BERTH, app, berth, folder  # noqa: E402
from test_live_machines import Machine, setUpModule  # noqa: E402,F401
from berth_tool import main  # noqa: E402

FULL = bool(os.environ.get("FULL"))
SEED = int(os.environ.get("SEED", "1"))
CUTS = 250 if FULL else 5  # on each of the two machines
KEPT, SIZE = 5000, 24000


class OnMachine:
    kind = None

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name
        self.chance = random.Random(SEED)
        self.machine = Machine(self.kind, self.dir, ["witness"])
        self.addCleanup(self.machine.kill)

    def file(self, name, size, version):
        path = os.path.join(self.dir, f"{name}-{version}.tbf")
        with open(path, "wb") as out:
            out.write(app(name, size, version))
        return path

    def run_berth(self, *arguments):
        done = berth(*arguments, port=self.machine.port)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)

    def begin(self, *arguments):
        return subprocess.Popen(
            [BERTH, *arguments], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "BERTH_PORT": self.machine.port})

    def cut(self, seconds, *arguments):
        """The power goes that long after the command has begun, and comes
        back."""
        tool = self.begin(*arguments)
        time.sleep(seconds)
        self.machine.kill()
        was_over = tool.poll() == 0
        tool.kill()
        tool.wait()
        self.machine.start()
        return was_over

    def how_long(self, *arguments):
        begun = time.monotonic()
        self.run_berth(*arguments)
        return time.monotonic() - begun

    def check(self, possible, is_there):
        """`kept` is as it was; of the other there is one of `possible`: lists of
        versions, or the trial of one in the place of another."""
        # The board agrees with its flash, once it has finished what was begun.
        self.run_berth("list")
        found = self.machine.apps()
        self.assertEqual(found["kept"], [app("kept", KEPT, 1)])
        self.assertIn("witness", found)
        there = found.get("new", [])
        versions = []
        for version in (1, 2):
            if app("new", SIZE, version) in there:
                versions.append(version)
        self.assertEqual(len(versions), len(there), "torn")
        self.assertIn(versions, possible)
        if is_there:
            self.assertTrue(versions)

    def test_cuts_at_any_moment(self):
        self.run_berth("install", "--no-start", self.file("kept", KEPT, 1))
        old, new = (self.file("new", SIZE, v) for v in (1, 2))
        install = self.how_long("install", "--no-start", old)
        update = self.how_long("update", new)
        self.run_berth("confirm", "new")
        remove = self.how_long("remove", "new")
        over = 0
        for n in range(CUTS):
            if n % 3 == 0:
                done = self.cut(self.chance.random() * 1.2 * install,
                                "install", "--no-start", old)
                self.check([[], [1]], done)
                self.run_berth("install", "--no-start", old)
            elif n % 3 == 1:
                done = self.cut(self.chance.random() * 1.2 * update,
                                "update", new)
                self.check([[1], [1, 2]], True)
                self.run_berth("install", new)
                berth("confirm", "new", port=self.machine.port)  # if need be
            else:
                done = self.cut(self.chance.random() * 1.5 * remove,
                                "remove", "new")
                self.check([[], [2]], False)
                self.run_berth("install", "--no-start", new)
                self.run_berth("remove", "new")
            over += done
        print(f"    {self.kind}: {CUTS} cuts, {over} after the end")
        self.assertLess(over, CUTS)
        self.run_berth("install", "--no-start", self.file("last", 4000, 1))
        self.assertEqual(self.machine.apps()["last"], [app("last", 4000, 1)])


class InQemu(OnMachine, unittest.TestCase):
    kind = "qemu"


class OnTheModel(OnMachine, unittest.TestCase):
    kind = "sim"


if __name__ == "__main__":
    main()

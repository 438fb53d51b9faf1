# SPDX-License-Identifier: Apache-2.0
# BUILDS: apps and a kernel
"""berth kept and berth forget, on a board in QEMU: the line to themselves, and
through a console that holds it; and an app that prints what looks like their
answers."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BERTH = os.path.join(ROOT, "build", "berth")
FLASH_SIZE = 32 << 20
APPS = ("abi_kept", "logger", "kept_liar")
KEEPER, LOGGER = 0x4E570001, 0x10660001
BOARD = 5  # the status when the board refuses


def environment(directory):
    ours = {k: v for k, v in os.environ.items()
            if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BOARD", "BERTH_PORT")}
    return {**ours, "XDG_RUNTIME_DIR": directory, "BERTH_PATIENCE": "60"}


def setUpModule():  # pylint: disable=invalid-name
    subprocess.run(["make", "-j2", "BOARD=qemu-virt", "kernel",
                    *(f"build/apps/{a}.tbf" for a in APPS)], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL, env=environment("/nonexistent"))


class Board(unittest.TestCase):
    """qemu-virt with those apps, its serial line a Unix socket."""

    def boot(self, *apps):
        self.folder = tempfile.TemporaryDirectory(prefix="berth-kept-")
        self.addCleanup(self.folder.cleanup)
        flash, line = (os.path.join(self.folder.name, n) for n in ("flash.img", "line"))
        image = b""
        for app in apps:
            with open(os.path.join(ROOT, "build", "apps", f"{app}.tbf"), "rb") as file:
                image += file.read()
        with open(flash, "wb") as file:
            file.write(image + b"\xFF" * (FLASH_SIZE - len(image)))
        self.port = "unix:" + line
        machine = subprocess.Popen(  # pylint: disable=consider-using-with
            ["tools/qemu", "qemu-virt", "build/qemu-virt/kernel.elf", flash, "-serial",
             f"unix:{line},server=on,wait=off"], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(machine.wait)
        self.addCleanup(machine.kill)
        end = time.monotonic() + 60
        while not os.path.exists(line) and time.monotonic() < end:
            time.sleep(0.05)

    def berth(self, *arguments, status=0):
        """What it says, on either side, when it ends like that."""
        words = [BERTH, arguments[0], "--port", self.port, *arguments[1:]]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=300, check=False,
                              env=environment(self.folder.name))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def owners(self):
        return {o["short_id"]: o for o in json.loads(self.berth("kept", "--json"))}

    def until(self, condition):
        end = time.monotonic() + 120
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.3)


class Kept(Board):
    """What is kept is listed and freed."""

    def check_all(self):
        """The commands, from the beginning to the end."""
        self.until(lambda: re.search(r"abi_kept .* ended", self.berth("list")))
        self.until(lambda: LOGGER in self.owners())
        owners = self.owners()
        keeper, logger = owners[KEEPER], owners[LOGGER]
        self.assertEqual((keeper["app"], keeper["runs"]), ("abi_kept", False))
        self.assertEqual((logger["app"], logger["runs"]), ("logger", True))
        self.assertGreater(keeper["values"], 0)
        self.assertGreater(keeper["isolated"], 512)
        shown = self.berth("kept")
        self.assertRegex(shown, r"(?m)^app +ShortId +key +values +bytes +isolated +state$")
        self.assertRegex(shown, rf"(?m)^abi_kept +0x{KEEPER:08x} +0 .* does not run$")
        self.assertRegex(shown, rf"(?m)^logger +0x{LOGGER:08x} +0 .* runs$")
        refused = self.berth("forget", "logger", status=BOARD)
        self.assertIn("its app runs; `berth stop` ends it", refused)
        self.assertRegex(self.berth("forget", f"0x{KEEPER:x}/3"), "nothing is kept under it")
        self.assertIn(KEEPER, self.owners())
        self.assertRegex(self.berth("forget", "abi_kept"),
                         rf"^0x{KEEPER:x}: [1-9]\d* records forgotten\n$")
        self.assertNotIn(KEEPER, self.owners())
        self.berth("stop", "logger")
        gone = json.loads(self.berth("forget", "--json", f"0x{LOGGER:X}/0"))
        self.assertEqual(gone["forgot"], f"0x{LOGGER:x}/0")
        self.assertGreater(gone["records"], 0)
        self.assertEqual(self.berth("kept"), "no app keeps anything\n")

    def test_by_itself(self):
        """It has the line to itself."""
        self.boot("abi_kept", "logger")
        self.check_all()

    def test_through_a_console(self):
        """Somebody has a console open, who sees what is typed there."""
        self.boot("abi_kept", "logger")
        console = subprocess.Popen(  # pylint: disable=consider-using-with
            [BERTH, "console", "--port", self.port], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=environment(self.folder.name))
        time.sleep(1)
        self.check_all()
        console.terminate()
        said, _ = console.communicate(timeout=60)
        self.assertIn(f"records of 0x{KEEPER:x} are gone", said)

    def test_lines_of_an_app(self):
        """An app that prints such lines is not believed."""
        self.boot("logger", "kept_liar")
        self.until(lambda: re.search(r"kept_liar .* waiting", self.berth("list")))
        self.until(lambda: "twice" in self.kept_or_why())
        self.berth("stop", "kept_liar")
        self.until(lambda: "twice" not in self.kept_or_why())
        self.until(lambda: LOGGER in self.owners())
        self.assertTrue(self.owners()[LOGGER]["runs"])

    def kept_or_why(self):
        done = subprocess.run([BERTH, "kept", "--port", self.port],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, env=environment(self.folder.name))
        return done.stdout


class Usage(Board):
    """What makes no sense is refused."""

    def test_operands(self):
        """Names and numbers."""
        self.boot("logger")
        for wrong in ("0x", "0xyz", "0x0", "0x12345678901", "0x1/", "0x1/x", "0x1/256",
                      "0x1/2/3"):
            self.assertIn("a ShortId as `berth kept` shows it",
                          self.berth("forget", wrong, status=2))
        self.assertIn("whose?", self.berth("forget", status=2))
        self.assertIn("takes no operands", self.berth("kept", "x", status=2))
        self.assertIn("no app `nobody`", self.berth("forget", "nobody", status=1))


def main():
    result = unittest.TextTestRunner(stream=sys.stdout).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
# BUILDS: a kernel and apps
"""`make hex` and `make flash`: what is written to a HiFive1. No board is here:
OpenOCD itself says whether it understands openocd.cfg, a stand-in for it what it
was told, and the machine model runs what the file holds."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from berth_tool import OBJCOPY, ROOT, main  # noqa: E402

BOARD = "hifive1-revb"
CONFIG = f"boards/{BOARD}/openocd.cfg"
HEX = f"build/{BOARD}/board.hex"
PROTECTED = 0x20010000


def make(*words, expect=0):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-j2", "--no-print-directory", *words],
                          cwd=ROOT, env=environment, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if (done.returncode == 0) != (expect == 0):
        raise AssertionError(done.stdout)
    return done.stdout


class HexFile(unittest.TestCase):
    def addresses(self):
        """First and last of what the file writes, by the sections of it."""
        with open(os.path.join(ROOT, HEX), encoding="ascii") as file:
            upper, found = 0, []
            for line in file:
                data = bytes.fromhex(line[1:])
                self.assertEqual(sum(data) & 0xFF, 0)
                at = int.from_bytes(data[1:3], "big")
                if data[3] == 4:
                    upper = int.from_bytes(data[4:6], "big") << 16
                elif data[3] == 0:
                    found += [upper + at, upper + at + data[0] - 1]
        return min(found), max(found)

    def boot(self):
        """What the board says that holds nothing but the file."""
        with tempfile.TemporaryDirectory() as folder:
            elf, script = os.path.join(folder, "k.elf"), os.path.join(folder, "s")
            subprocess.run([OBJCOPY, "-I", "ihex", "-O", "binary",
                            os.path.join(ROOT, HEX), "flash"], cwd=folder,
                           check=True)
            subprocess.run([OBJCOPY.replace("objcopy", "ld"), "-m", "elf32lriscv",
                            "-b", "binary", "-e", str(PROTECTED),
                            f"--section-start=.data={PROTECTED:#x}", "-o", elf,
                            "flash"], cwd=folder, check=True)
            with open(script, "w", encoding="ascii") as file:
                file.write('wait "berth$ " within 5 s\nsend "list\\r"\n'
                           'wait "berth$ " within 5 s\nend 0\n')
            done = subprocess.run(
                ["build/berth-sim", "--script", script, BOARD, elf], cwd=ROOT,
                stdin=subprocess.DEVNULL, text=True, timeout=120, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_without_apps_it_is_the_kernel_and_keeps_off_the_rest(self):
        make(f"BOARD={BOARD}", "hex")
        first, last = self.addresses()
        self.assertEqual(first, PROTECTED)
        self.assertLess(last, 0x20040000)
        self.assertNotIn("hello", self.boot())

    def test_apps_that_are_named_go_with_it(self):
        make(f"BOARD={BOARD}", "APPS=hello", "hex")
        first, last = self.addresses()
        self.assertEqual(first, PROTECTED)
        self.assertGreater(last, 0x20040000)
        self.assertIn("Hello", self.boot())


class Flash(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def flash(self, openocd, how="openocd", file=HEX):
        """tools/flash with a stand-in that does what `openocd` says."""
        path = os.path.join(self.folder, "openocd")
        with open(path, "w", encoding="ascii") as stand_in:
            stand_in.write(f"#!/bin/sh\n{openocd}\n")
        os.chmod(path, 0o755)
        return subprocess.run(
            ["tools/flash", f"boards/{BOARD}", how, file], cwd=ROOT, text=True,
            env={**os.environ, "PATH": self.folder + ":" + os.environ["PATH"]},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def test_openocd_understands_the_configuration(self):
        done = subprocess.run(
            ["openocd", "-f", CONFIG, "-c", "puts [flash list]; puts [target names]; "
             "puts [info body flash_open]; puts [info body flash_close]; shutdown"],
            cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(f"driver fespi base {0x20000000}", done.stdout)
        self.assertIn("fe310.cpu", done.stdout)
        self.assertNotIn("DEPRECATED", done.stdout)

    def test_the_bootloader_is_protected_before_anything_is_written(self):
        make(f"BOARD={BOARD}", "hex")
        done = self.flash('printf "%s\\n" "$@"; echo wrote 5 bytes; exit 0')
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("wrote 5 bytes", done.stdout)
        self.assertIn(f"{BOARD} runs it", done.stdout)
        said = self.flash('printf "%s\\n" "$@"; exit 1').stdout.splitlines()
        steps = [said[i + 1] for i, word in enumerate(said[:-1]) if word == "-c"]
        self.assertEqual(steps, [
            "flash_open", f"flash write_image erase {{{HEX}}} 0 ihex",
            f"verify_image {{{HEX}}} 0 ihex", "flash_close"])
        with open(os.path.join(ROOT, CONFIG), encoding="ascii") as file:
            text = file.read()
        self.assertLess(text.index("flash protect 0 0 0 on"),
                        text.index("proc flash_close"))

    def test_a_board_that_is_not_there_is_told_as_that(self):
        make(f"BOARD={BOARD}", "hex")
        done = self.flash("echo 'Error: No J-Link device found' >&2; exit 1")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{BOARD} was not reached: is it plugged in", done.stdout)

    def test_a_failure_shows_what_openocd_said(self):
        make(f"BOARD={BOARD}", "hex")
        done = self.flash("echo 'checksum mismatch'; exit 1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("checksum mismatch", done.stdout)
        self.assertIn("did not write it", done.stdout)

    def test_what_cannot_be_is_refused(self):
        self.assertIn('not "magic"', self.flash("exit 0", how="magic").stdout)
        self.assertIn("is missing", self.flash("exit 0", file="nothing.hex").stdout)
        self.assertIn("does not set FLASH_WITH",
                      make("BOARD=qemu-virt", "flash", expect=1))


if __name__ == "__main__":
    main()

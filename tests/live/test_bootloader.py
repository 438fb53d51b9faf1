# SPDX-License-Identifier: Apache-2.0
"""Bootloader mode on a running board, byte for byte: every command with good and
bad lengths, escapes, addresses of all kinds; the ways in and out; and what a
tool does to install, switch off and remove apps. In QEMU and on the machine
model. FULL=1 does more."""
import json
import os
import random
import re
import select
import subprocess
import sys
import time
import tty
import unittest
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tock  # noqa: E402
from live import BERTH, ROOT, app, berth, folder  # noqa: E402
import test_docs  # noqa: E402
from test_live_machines import Machine, setUpModule  # noqa: E402,F401
from berth_tool import checksum, main  # noqa: E402
from tock import u32  # noqa: E402

FULL = bool(os.environ.get("FULL"))
START = 0x22000000
SECTOR = 256 << 10
END = START + 117 * SECTOR  # then comes what apps keep
FREE = START + SECTOR  # behind the apps
PROMPT = b"berth$ "


class OnMachine:
    """What is run on each kind of machine."""

    kind = None

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name

    def machine(self, *apps):
        machine = Machine(self.kind, self.dir, apps)
        self.addCleanup(machine.kill)
        return machine

    def tool(self, machine):
        tool = tock.Tool(machine.port)
        self.addCleanup(tool.close)
        return tool

    def entered(self, *apps):
        machine = self.machine(*apps)
        tool = self.tool(machine)
        tool.enter()
        return machine, tool

    def left(self, tool):
        """The board has booted again, its console is there."""
        tool.leave()
        text = b""
        for _ in range(100):
            text += tool.silence()
            if PROMPT in text:
                tool.close()
                return text
        raise AssertionError(f"the board does not boot: {text!r}")

    def run_berth(self, *arguments, port):
        done = berth(*arguments, port=port)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def answers(self, tool, sent, wanted):
        """To those very bytes come those very bytes, and no more."""
        tool.send(sent)
        got = tool.read(len(wanted) or 1, 5 if wanted else 0.3)
        self.assertEqual(got.hex(" "), wanted.hex(" "), sent[-40:].hex(" "))

    def silent(self, tool):
        self.assertEqual(tool.silence(), b"")

    # ---- byte for byte ---------------------------------------------------------

    def test_ping_and_reset(self):
        _, tool = self.entered()
        self.answers(tool, b"\xFC\x01", b"\xFC\x11")
        self.answers(tool, b"rubbish\xFC\x01", b"\xFC\x11")
        self.answers(tool, b"x" * 5000 + b"\xFC\x01", b"\xFC\x11")
        self.answers(tool, b"\xFC\xFC" * 700 + b"\xFC\x01", b"\xFC\x11")
        self.answers(tool, b"abc\xFC\x05", b"")
        self.answers(tool, b"abc\xFC\x05\0\xFC\x14",
                     b"\xFC\x22board\0\0\0\x09qemu-virt" + bytes(46))
        self.answers(tool, b"abc\0\xFC\x14", b"\xFC\x14")  # no reset between
        self.answers(tool, b"\xFC\x01\xFC\x01"[:2], b"\xFC\x11")
        self.silent(tool)

    def test_wrong_lengths_are_bad_arguments(self):
        _, tool = self.entered()
        good = {tock.INFO: [0], tock.ERASE: [4], tock.WRITE: [516],
                tock.READ: [6], tock.GET_ATTRIBUTE: [1], tock.CRC: [8],
                tock.BAUD: [5], tock.SET_START: [4]}
        for command, lengths in good.items():
            for length in {0, 1, 3, 4, 5, 6, 7, 8, 9, 515, 516, 517, 1400}:
                if length in lengths:
                    continue
                self.answers(tool, tock.SYNC + bytes(length)
                             + bytes([0xFC, command]), b"\xFC\x14")
        for payload in (b"", bytes(9), bytes(9) + b"\x05abcd",
                        bytes(9) + b"\x38" + bytes(56)):
            self.answers(tool, tock.SYNC + payload + b"\xFC\x13", b"\xFC\x14")
        self.silent(tool)

    def test_other_commands(self):
        _, tool = self.entered()
        for command in range(256):
            if command == 0xFC:
                continue
            known = command in (0x03, 0x06, 0x07, 0x11, 0x13, 0x14, 0x15, 0x21,
                                0x22, 0x23, 0x01, 0x05)
            if known:
                continue
            others = {0x04, 0x08, 0x09, 0x10, 0x12, 0x16, 0x17, 0x18, 0x19, 0x20}
            tool.send(tock.SYNC + bytes([0xFC, command]))
            if command in others:
                self.assertEqual(tool.read(2), b"\xFC\x16", hex(command))
        self.silent(tool)
        self.answers(tool, b"\xFC\x01", b"\xFC\x11")

    def test_info_and_attributes(self):
        _, tool = self.entered()
        code, body = tool.ask(tock.INFO)
        self.assertEqual(code, tock.INFO_IS)
        said = json.loads(body[1:1 + body[0]])
        self.assertEqual(said["start_address"], f"0x{START:08x}")
        self.assertTrue(said["version"])
        self.assertEqual(body[1 + body[0]:].strip(b"\0"), b"")
        self.assertEqual(tool.attributes(),
                         {"board": "qemu-virt", "arch": "rv32imac",
                          "appaddr": f"0x{START:08x}", "pagesize": "512"})
        for index in range(4, 16):
            self.assertEqual(tool.must(tock.GET_ATTRIBUTE, bytes([index])),
                             bytes(64))
        for index in (16, 17, 255):
            self.assertEqual(tool.ask(tock.GET_ATTRIBUTE, bytes([index]))[0],
                             tock.BAD_ARGUMENTS)
        value = b"key\0\0\0\0\0\x05value"
        for index, code in ((0, tock.BAD_ARGUMENTS), (3, tock.BAD_ARGUMENTS),
                            (4, tock.UNKNOWN), (16, tock.BAD_ARGUMENTS)):
            self.assertEqual(tool.ask(tock.SET_ATTRIBUTE,
                                      bytes([index]) + value)[0], code)
        for payload, code in ((b"\1" + u32(230400), tock.BAUD_FAILED),
                              (b"\2" + u32(115200), tock.BAUD_FAILED),
                              (b"\3" + u32(115200), tock.BAD_ARGUMENTS)):
            self.assertEqual(tool.ask(tock.BAUD, payload)[0], code)
        self.assertEqual(tool.ask(tock.SET_START, u32(START))[0], tock.OK)
        self.assertEqual(tool.ask(tock.SET_START, u32(START + 512))[0],
                         tock.BAD_ADDRESS)
        self.silent(tool)

    def test_the_kernels_attributes_are_below_the_apps(self):
        _, tool = self.entered()
        below = tool.flash(START - 1000, 1000)
        self.assertEqual(below[-8:], b"\0\0\0\1TOCK")

    def test_what_may_be_read(self):
        """The chain and 1000 bytes below it. Spare, journal and kernel not."""
        _, tool = self.entered("witness")
        for address, length, code in (
                (START - 1000, 1, 0), (START - 1000, 4095, 0),
                (START - 1001, 1, 0x12), (START - 1001, 2000, 0x12),
                (0x20000000, 4, 0x12), (0, 4, 0x12), (0x80000000, 4, 0x12),
                (END - 1, 1, 0), (END - 4095, 4095, 0), (END, 0, 0),
                (END - 1, 2, 0x12), (END, 1, 0x12), (END + SECTOR, 16, 0x12),
                (START + 127 * SECTOR, 16, 0x12), (0xFFFFFFFF, 0xFFFF, 0x12),
                (START, 0, 0), (START, 65535, 0)):
            payload = u32(address) + length.to_bytes(2, "little")
            got, _ = tool.ask(tock.READ, payload, length)
            self.assertEqual(got, code or tock.RANGE, hex(address))
            got, _ = tool.ask(tock.CRC, u32(address) + u32(length))
            self.assertEqual(got, code or tock.CRC_IS, hex(address))
        got, _ = tool.ask(tock.CRC, u32(START) + u32(0xFFFFFFFF))
        self.assertEqual(got, tock.BAD_ADDRESS)
        self.silent(tool)

    def test_what_may_be_written(self):
        machine, tool = self.entered("witness")
        page = bytes(range(256)) * 2
        for address in (START - 512, START - 1, END - 511, END, END + SECTOR,
                        START + 127 * SECTOR, 0x20000000, 0, 0x80000000,
                        0xFFFFFFFF, 0xFFFFFE00):
            self.assertEqual(tool.ask(tock.WRITE, u32(address) + page)[0],
                             tock.BAD_ADDRESS, hex(address))
            self.assertEqual(tool.ask(tock.ERASE, u32(address))[0],
                             tock.BAD_ADDRESS, hex(address))
        self.assertEqual(tool.ask(tock.WRITE, u32(END - 512) + page)[0],
                         tock.OK)
        self.assertEqual(tool.flash(END - 512, 512), page)
        self.left(tool)
        self.assertIn("witness", machine.apps())

    def test_pages_of_all_kinds_at_all_places(self):
        """Aligned, not, across sectors, all FC: those 512 bytes and no others,
        on the wire as they ought to be."""
        machine, tool = self.entered("witness")
        chance = random.Random(3)
        size = 3 * SECTOR
        wanted = bytearray(tool.flash(FREE - 4096, 4096) + b"\xFF" * size)
        places = [(0, b"\xFC" * 512), (512, bytes(512)), (1024, b"\xFF" * 512),
                  (1537, bytes(range(256)) * 2), (4, b"\xFC\0" * 256),
                  (SECTOR - 100, chance.randbytes(512)),
                  (SECTOR - 511, chance.randbytes(512)),
                  (0, chance.randbytes(512)), (2 * SECTOR + 3, b"\xFC" * 512)]
        for _ in range(40 if FULL else 8):
            places.append((chance.randrange(size - 512), chance.randbytes(512)))
        for offset, page in places:
            self.answers(tool, tock.SYNC + tock.escaped(u32(FREE + offset) + page)
                         + b"\xFC\x07", b"\xFC\x15")
            wanted[4096 + offset:4096 + offset + 512] = page
            around = max(0, offset - 20)
            seen = bytes(wanted[4096 + around:4096 + around + 600])
            self.answers(tool, tock.SYNC + tock.escaped(
                u32(FREE + around) + (600).to_bytes(2, "little")) + b"\xFC\x11",
                b"\xFC\x20" + tock.escaped(seen))
        self.must_erase(tool, wanted, 777)
        crc = tool.must(tock.CRC, u32(FREE - 4096) + u32(len(wanted)))
        self.assertEqual(int.from_bytes(crc, "little"), zlib.crc32(wanted))
        print(f"    {self.kind}: {len(places)} pages, the slowest answer "
              f"{tool.slowest * 1000:.0f} ms")
        self.left(tool)
        with open(machine.flash, "rb") as file:
            file.seek(FREE - 4096 - START)
            self.assertEqual(file.read(len(wanted)), bytes(wanted))
        self.assertIn("witness", machine.apps())

    def must_erase(self, tool, wanted, offset):
        self.assertEqual(tool.ask(tock.ERASE, u32(FREE + offset))[0], tock.OK)
        wanted[4096 + offset:4096 + offset + 512] = b"\xFF" * 512

    def test_a_checksum_with_an_escape_in_it(self):
        _, tool = self.entered()
        for n in range(10000):
            page = u32(n) * 128
            crc = u32(zlib.crc32(page))
            if b"\xFC" in crc:
                break
        tool.must(tock.WRITE, u32(FREE) + page)
        self.answers(tool, tock.SYNC + u32(FREE) + u32(512) + b"\xFC\x15",
                     b"\xFC\x23" + tock.escaped(crc))
        self.silent(tool)

    # ---- the ways in and out ------------------------------------------------------

    def test_it_is_entered_in_time_or_by_order(self):
        machine = self.machine("witness")
        tool = self.tool(machine)
        time.sleep(3)
        tool.silence()
        tool.send(b"\xFC\x01")
        self.assertNotIn(b"\xFC\x11", tool.silence(1))  # too late
        tool.send(b"tockloader\r")
        tool.silence(0.5)
        tool.enter()
        self.silent(tool)  # the witness has been stopped
        text = self.left(tool)
        self.assertNotIn(b"\xFC", text)
        tool = self.tool(machine)  # again, and out by a reset
        tool.send(b"tockloader\r")
        tool.silence(0.5)
        tool.enter()
        machine.kill()
        machine.start()
        self.assertIn("witness", self.run_berth("list", port=machine.port))

    # ---- as tockloader does it -------------------------------------------------------

    def test_apps_come_and_go_as_by_tockloader(self):
        machine, tool = self.entered("witness")
        wanted = {}
        for n, size in enumerate((4096, 65536, 5120, 512 * 30)):
            data = app(f"tock{n}", size)
            wanted[f"tock{n}"] = [data]
            tool.install(START, data)
        at, size, header = [o for o in tool.list(START)][2]
        self.assertEqual(size, 65536)
        tool.uninstall(at, size)
        del wanted["tock1"]
        at, size, header = tool.list(START)[3]
        data = bytearray(wanted["tock2"][0])
        data[8] &= 0xFE  # switched off, its checksum made again
        data[12:16] = bytes(4)
        data[12:16] = checksum(bytes(data[:len(header)])).to_bytes(4, "little")
        tool.write(at, bytes(data))
        wanted["tock2"] = [bytes(data)]
        self.assertEqual(len(tool.list(START)), 5)
        print(f"    {self.kind}: slowest answer {tool.slowest * 1000:.0f} ms")
        self.left(tool)
        found = machine.apps()
        del found["witness"]
        self.assertTrue(found == wanted)
        shown = {a["name"]: a for a in json.loads(
            self.run_berth("list", "--json", port=machine.port))}
        self.assertEqual(set(shown), {"witness", *wanted})
        self.assertFalse(shown["tock2"]["enabled"])
        self.assertTrue(shown["tock3"]["enabled"])
        self.run_berth("remove", "tock0", port=machine.port)

    def test_an_interrupted_install_is_not_in_the_way(self):
        machine = self.machine("witness")
        path = os.path.join(self.dir, "half.tbf")
        with open(path, "wb") as file:
            file.write(app("half", 3000000))
        before = self.run_berth("list", port=machine.port)
        tool = self.tool(machine)
        tool.close()
        self.assertIn("witness", before)
        self.cut_install(machine, path)
        machine.kill()
        machine.start()
        tool = self.tool(machine)
        tool.enter()
        data = app("whole", 4096)
        tool.install(START, data)
        self.left(tool)
        found = machine.apps()
        self.assertEqual(set(found), {"witness", "whole"})
        self.assertTrue(found["whole"] == [data])
        self.assertIn("whole", self.run_berth("list", port=machine.port))

    def cut_install(self, machine, path):
        with subprocess.Popen([BERTH, "install", path], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              env={**os.environ, "BERTH_PORT": machine.port}) as t:
            time.sleep(0.3)
            self.assertIsNone(t.poll())
            t.kill()

    def test_a_power_cut_leaves_the_other_apps(self):
        """The power goes in the middle of what a tool writes: each page of what
        was there is as before or as written."""
        for n in range(10 if FULL else 3):
            machine, tool = self.entered("witness")
            data = app("torn", 200000)
            for at in range(0, 200000 // 512 * 512, 512):
                tool.must(tock.WRITE, u32(START + 8192 + at)
                          + data[at:at + 512])
                if at > 512 * 40 * n:
                    break
            machine.kill()
            machine.start()
            self.assertIn("witness",
                          self.run_berth("list", port=machine.port))
            machine.kill()
            tool.close()


class OnAPseudoTerminal(unittest.TestCase):
    """As docs/tockloader.md has it: QEMU's line is one, the order is given by
    `berth console`, and who opens it next is answered."""

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name
        machine = Machine("qemu", self.dir, ("witness",))
        machine.kill()  # its files are what is wanted
        with open(os.path.join(ROOT, "docs", "tockloader.md"),
                  encoding="utf-8") as page:
            command, = (line.split() for line in page
                        if line.startswith("    tools/qemu"))
        self.assertEqual(command[3], "build/qemu-virt/flash.img")
        command[3] = machine.flash
        self.board = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True)
        self.addCleanup(self.board.stdout.close)
        self.addCleanup(self.board.wait)
        self.addCleanup(self.board.kill)
        said = self.board.stdout.readline()
        self.port = re.search(r"/dev/pts/\d+", said)[0]

    def test_the_order_by_the_console_and_then_a_tool(self):
        end = time.monotonic() + 120
        console = test_docs.Terminal(f"'{BERTH}' console --port {self.port}")
        console.type("")
        self.assertTrue(console.expect(re.escape(test_docs.PROMPT)), console.text)
        console.type("tockloader")
        self.assertTrue(console.expect("tockloader"), console.text)
        time.sleep(1)
        os.write(console.ours, b"\x01x")
        self.assertEqual(console.close(), 0, console.text)
        line = os.open(self.port, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)
        tty.setraw(line)
        heard = b""
        while not heard.endswith(b"\xFC\x11"):
            self.assertLess(time.monotonic(), end, heard)
            os.write(line, b"\xFC\x01")
            while select.select([line], [], [], 0.5)[0]:
                heard += os.read(line, 4096)


class Wiring(unittest.TestCase):
    """A board that demands credentials cannot have the mode."""

    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.dir = held.name

    def test_make_refuses_both(self):
        environment = {k: v for k, v in os.environ.items()
                       if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        done = subprocess.run(
            ["make", "-n", "BOARD=qemu-virt", "LOADER_CHECK=$(ACCEPT_SOURCES)",
             "kernel"], cwd=ROOT, env=environment, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("take out BOOT_MODE_SOURCES", done.stdout)

    def test_a_kernel_with_both_does_not_link(self):
        objects = []
        for name in "accept", "boot_mode":
            objects.append(os.path.join(self.dir, name + ".o"))
            subprocess.run(
                ["riscv64-unknown-elf-gcc", "-std=c17", "-march=rv32imac",
                 "-mabi=ilp32", "-ffreestanding", "-DPMP_ENTRIES=16",
                 "-DDRIVER_INDEX_BITS=4", "-I.", "-Iinclude",
                 "-Iarch/riscv32/include", "-c", "-o", objects[-1],
                 f"loader/{name}.c"], cwd=ROOT, check=True)
        done = subprocess.run(
            ["riscv64-unknown-elf-ld", "-m", "elf32lriscv", "-r", "-o",
             os.path.join(self.dir, "both.o"), *objects], check=False,
            stderr=subprocess.PIPE, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("either_credentials_or_bootloader_mode", done.stderr)


class InQemu(OnMachine, unittest.TestCase):
    kind = "qemu"


class OnTheModel(OnMachine, unittest.TestCase):
    kind = "sim"


if __name__ == "__main__":
    main()

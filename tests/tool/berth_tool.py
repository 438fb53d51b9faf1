# SPDX-License-Identifier: Apache-2.0
"""What the tests of the host command share: running it, small ELF files, and a
reader and writer of TBF objects that shares no code with it."""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BERTH = os.path.join(ROOT, "build", "berth")
GCC = os.environ.get("CROSS", "riscv64-unknown-elf-") + "gcc"
OBJCOPY = os.environ.get("CROSS", "riscv64-unknown-elf-") + "objcopy"

MAIN, WRITEABLE, NAME, FIXED, PERMISSIONS, STORAGE = 1, 2, 3, 5, 6, 7
KERNEL_VERSION, PROGRAM, SHORT_ID = 8, 9, 10

DONE, REFUSED, USAGE, SYSTEM = 0, 1, 2, 3

SCRIPT = """
ENTRY(_start)
MEMORY {{ FLASH : ORIGIN = {flash}, LENGTH = 1M
         RAM : ORIGIN = {ram}, LENGTH = 1M }}
SECTIONS {{
    {symbols}
    .text : {{ *(.start) *(.text) *(.rodata) }} > FLASH
    {extra}
    .stack (NOLOAD) : {{ _sram_origin = .; . += {stack}; }} > RAM
    .data : {{ *(.data) }} > RAM {data_at}
    .bss (NOLOAD) : {{ *(.bss) }} > RAM
}}
"""

SOURCE = """
.section .start, "ax"
.globl _start
_start: nop
    nop
.globl second
second: j second
.section .rodata
    .ascii "constant"
.data
    .word 0x11223344, 0x55667788
.bss
    .space 16
"""


def tlv(kind, payload):
    return (struct.pack("<HH", kind, len(payload)) + payload
            + bytes(-len(payload) % 4))


def checksum(header):
    total = 0
    for (word,) in struct.iter_unpack("<I", header):
        total ^= word
    return total


def tbf(name=b"app", flash=None, ram=0x80001000, size=256, protected=0,
        minimum_ram=1024, flags=1):
    """A TBF object of `size` bytes in all; `flash` is where its binary goes."""
    entries = 24 + 4 + len(name) + -len(name) % 4 + 8
    if flash is not None:
        entries += 12
    header = 16 + entries
    protected = protected or header
    body = tlv(PROGRAM, struct.pack("<5I", protected - header,
                                    protected - header, minimum_ram, size, 0))
    body += tlv(NAME, name)
    if flash is not None:
        body += tlv(FIXED, struct.pack("<2I", ram, flash))
    body += tlv(KERNEL_VERSION, struct.pack("<2H", 2, 2))
    assert len(body) == entries
    start = struct.pack("<HHII", 2, header, size, flags)
    start += struct.pack("<I", checksum(start + body))
    return start + body + bytes([0xC3]) * (size - header)


class Tbf:
    """Reads one object, complaining by exceptions. Entries by type in `tlvs`,
    each a list of payloads; their order in `order`."""

    def __init__(self, data):
        version, self.header_size, self.total_size, self.flags, _ = (
            struct.unpack_from("<HHIII", data))
        if version != 2:
            raise ValueError("not a TBF object")
        if not 16 <= self.header_size <= self.total_size <= len(data):
            raise ValueError("sizes")
        if self.header_size % 4 or self.total_size % 4:
            raise ValueError("sizes not a multiple of 4")
        if checksum(data[:self.header_size]) != 0:
            raise ValueError("checksum")
        self.data = data[:self.total_size]
        self.tlvs, self.order = {}, []
        at = 16
        while at < self.header_size:
            kind, length = struct.unpack_from("<HH", data, at)
            at += 4
            if at + length > self.header_size:
                raise ValueError("entry runs past the header")
            if any(data[at + length:at + length + -length % 4]):
                raise ValueError("entry padded with something else than zero")
            self.tlvs.setdefault(kind, []).append(data[at:at + length])
            self.order.append(kind)
            at += length + -length % 4
        self.is_padding = self.header_size == 16
        if PROGRAM in self.tlvs:
            (init, trailer, self.minimum_ram, self.binary_end,
             self.version) = struct.unpack("<5I", self.tlvs[PROGRAM][0])
            self.protected = self.header_size + trailer
            self.entry = self.header_size + init
            self.binary = self.data[self.protected:self.binary_end]

    @property
    def name(self):
        return self.tlvs[NAME][0].decode()

    @property
    def fixed(self):
        """RAM address, flash address."""
        return struct.unpack("<2I", self.tlvs[FIXED][0])


def chain(image, offset=0):
    """The objects of a flash image, with their offsets."""
    found = []
    while offset + 8 <= len(image) and image[offset:offset + 2] == b"\2\0":
        found.append((offset, Tbf(image[offset:])))
        offset += found[-1][1].total_size
    return found


class ToolTest(unittest.TestCase):
    """A test with a directory of its own, in which the command runs."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="berth-tool-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def berth(self, *arguments, expect=DONE, env=None):
        """Runs it; its stdout, or its stderr where it has to fail. A failure is
        one line that names the command, never a crash, and leaves no file."""
        before = set(os.listdir(self.dir))
        done = subprocess.run(
            [BERTH, *map(str, arguments)], cwd=self.dir, text=True, timeout=60,
            capture_output=True, check=False, env={**os.environ, **(env or {})})
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        if expect == DONE:
            return done.stdout
        prefix = "berth" if not arguments else f"berth {arguments[0]}"
        self.assertTrue(done.stderr.startswith((prefix + ":", "berth:")),
                        done.stderr)
        if expect == REFUSED and arguments[0] != "info":
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertEqual(set(os.listdir(self.dir)), before)
        return done.stderr

    def refused(self, pattern, *arguments, expect=REFUSED):
        message = self.berth(*arguments, expect=expect)
        if not re.search(pattern, message, re.S):
            self.fail(f"{pattern!r} is not in: {message}")

    def gcc(self, output, *arguments):
        subprocess.run([GCC, *arguments, "-o", output], cwd=self.dir,
                       check=True, timeout=60)
        return output

    def elf(self, name="app.elf", flash=0x22000080, ram=0x80100000, stack=512,
            source=SOURCE, symbols="_flash_origin = ORIGIN(FLASH);", extra="",
            data_at="AT > FLASH", script=None, arguments=()):
        """Links a small app; all that is linked can be replaced."""
        self.write("app.S", source.encode())
        self.write("app.ld", (script or SCRIPT).format(
            flash=flash, ram=ram, stack=stack, symbols=symbols, extra=extra,
            data_at=data_at).encode())
        return self.gcc(name, "-march=rv32imc", "-mabi=ilp32", "-nostdlib",
                        "-static", "-Wl,--build-id=none",
                        "-Wl,--no-warn-rwx-segments", "-T", "app.ld",
                        *arguments, "app.S")

    def flat(self, elf):
        """What objcopy makes of it: the binary by other means."""
        subprocess.run([OBJCOPY, "-O", "binary", elf, elf + ".bin"],
                       cwd=self.dir, check=True)
        return self.read(elf + ".bin")


class SentenceResult(unittest.TestResult):
    """Prints what failed, and counts."""

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.show(test, self.failures)

    def addError(self, test, err):
        super().addError(test, err)
        self.show(test, self.errors)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.addFailure(test, (AssertionError, AssertionError(reason), None))

    @staticmethod
    def show(test, kind):
        print(f"    FAIL  {sentence(test)}\n{kind[-1][1]}")

    def addSuccess(self, test):
        super().addSuccess(test)
        print(f"    ok    {sentence(test)}")


def sentence(test):
    name = test.id().rsplit(".", 1)[-1]
    return name.removeprefix("test_").replace("_", " ")


def main():
    """Runs the tests of the calling script and prints the sum."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(
        sys.modules["__main__"])
    result = SentenceResult()
    suite.run(result)
    failed = len(result.failures) + len(result.errors)
    passed = result.testsRun - failed
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)

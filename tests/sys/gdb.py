# SPDX-License-Identifier: Apache-2.0
"""Looks into a machine and changes its registers, by gdb's remote protocol: no
gdb is needed. The machine has been booted with extra=(*ICOUNT, *LISTEN)."""
import re
import socket
import subprocess
import time

from harness import Failed

PATH = "build/gdb.{}"
# gdb's own numbers for RISC-V: those of the machine model.
CSRS = 65
KNOWN = {"a0": 10, "a2": 12, "mstatus": CSRS + 0x300,
         **{f"pmpcfg{n}": CSRS + 0x3A0 + n for n in range(4)},
         **{f"pmpaddr{n}": CSRS + 0x3B0 + n for n in range(16)}}
NM = "riscv64-unknown-elf-nm"


def listen(name):
    """Arguments of QEMU that make it listen under that name."""
    return ("-chardev",
            f"socket,id=gdb,path={PATH.format(name)},server=on,wait=off",
            "-gdb", "chardev:gdb")


def address_of(kernel, symbol):
    """Where the kernel has that function."""
    table = subprocess.run([NM, f"build/{kernel}/kernel.elf"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    found = re.search(rf"^([0-9a-f]+) \w {symbol}$", table, re.M)
    if not found:
        raise Failed(f"the kernel has no {symbol}")
    return int(found[1], 16)


class Gdb:
    """Stops the machine on entry; by `with`, which lets it go on at the end."""

    def __init__(self, name):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(20)
        for _ in range(100):
            try:
                self._socket.connect(PATH.format(name))
                break
            except OSError:
                time.sleep(0.1)
        self._rest = b""
        self._numbers = {}
        self._send("qSupported:xmlRegisters=riscv")
        while not self._answer().startswith("PacketSize"):
            pass  # the stop upon connecting is told too, sooner or later
        self._send("qAttached")
        while self._answer() != "1":
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ask("D")
        self._socket.close()

    def _send(self, text):
        data = text.encode()
        self._socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xFF))

    def _answer(self):
        while True:
            found = re.search(rb"\$([^#]*)#..", self._rest)
            if found:
                self._rest = self._rest[found.end():]
                self._socket.sendall(b"+")
                return found[1].decode("latin-1")
            data = self._socket.recv(65536)
            if not data:
                raise Failed("QEMU has hung up on gdb")
            self._rest += data

    def ask(self, text):
        """Sends a packet; the answer. The stop upon connecting may come before it."""
        self._send(text)
        answer = self._answer()
        while answer.startswith("T02"):
            answer = self._answer()
        return answer

    def _file(self, name):
        text, at = "", 0
        while True:
            part = self.ask(f"qXfer:features:read:{name}:{at:x},800")
            text += part[1:]
            at += len(part) - 1
            if part[:1] != "m":
                return text

    def _number(self, register):
        if not self._numbers:
            number = 0
            for name in re.findall(r'href="([^"]+)"', self._file("target.xml")):
                for tag in re.findall(r"<reg [^>]*>", self._file(name)):
                    given = re.search(r'regnum="(\d+)"', tag)
                    number = int(given[1]) if given else number
                    self._numbers[re.search(r'name="([^"]+)"', tag)[1]] = number
                    number += 1
            if not self._numbers:
                self._numbers = KNOWN  # the model describes no registers
            # QEMU's list lacks this one, which it knows all the same.
            self._numbers["mseccfg"] = self._numbers["mstatus"] + 0x747 - 0x300
        return self._numbers[register]

    def read(self, register):
        """A register's value, by its name."""
        data = bytes.fromhex(self.ask(f"p{self._number(register):x}"))
        return int.from_bytes(data, "little")

    def write(self, register, value):
        """Sets a register."""
        data = value.to_bytes(4, "little").hex()
        if self.ask(f"P{self._number(register):x}={data}") != "OK":
            raise Failed(f"can not set {register}")

    def run_to(self, address):
        """Goes on until that instruction is next."""
        if self.ask(f"Z1,{address:x},4") != "OK":
            raise Failed("no breakpoint")
        if not self.ask("c").startswith("T05"):
            raise Failed("it did not stop there")
        self.ask(f"z1,{address:x},4")

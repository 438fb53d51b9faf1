# SPDX-License-Identifier: Apache-2.0
"""What the tests of live loading share: a board to talk to, apps to install,
and a line that breaks."""
import os
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "tool"))
from berth_tool import (BERTH, KERNEL_VERSION, NAME, PROGRAM,  # noqa: E402
                        SHORT_ID, chain, checksum, tlv)

# Of a board whose host is busy: the tests of silence itself set their own.
os.environ.setdefault("BERTH_PATIENCE", "60")

BOARD = os.path.join(ROOT, "build", "host", "test", "tests", "live", "board")


def app(name, size, version=1, seed=0, has_id=True):
    """A TBF object that goes anywhere and waits for ever; behind its few
    instructions the content is drawn by lot."""
    name = name.encode()
    entries = 24 + 4 + len(name) + -len(name) % 4 + 8 + 8 * has_id
    header = 16 + entries
    body = tlv(PROGRAM, struct.pack("<5I", 0, 0, 1024, size, version))
    body += tlv(NAME, name)
    body += tlv(KERNEL_VERSION, struct.pack("<2H", 2, 2))
    if has_id:
        body += tlv(SHORT_ID, struct.pack("<I", zlib.crc32(name) | 1))
    start = struct.pack("<HHII", 2, header, size, 1)
    start += struct.pack("<I", checksum(start + body))
    # li a0, 1; li a4, 0; ecall; j .-12: yield-wait, again and again
    code = struct.pack("<4I", 0x00100513, 0x00000713, 0x00000073, 0xFF5FF06F)
    content = random.Random(f"{name}{version}{seed}").randbytes(
        size - header - len(code))
    return start + body + code + content


class Board:
    """The board on the host (tests/live/board.c). To be used by `with`."""

    def __init__(self, folder, where=None, *options):
        self.flash = os.path.join(folder, "flash")
        self.where = where or "unix:" + os.path.join(folder, "board")
        self.options = options
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [BOARD, self.where, "--flash", self.flash, *self.options],
            stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def apps(self):
        """What flash holds: name -> bytes of each app that is none of the
        removed ones (those have a broken checksum)."""
        with open(self.flash, "rb") as f:
            image = f.read()
        found, at = {}, 6 * 4096
        while at + 16 <= len(image) and image[at:at + 2] == b"\2\0":
            header, total = struct.unpack_from("<HI", image, at + 2)
            data = image[at:at + total]
            if header > 16 and checksum(data[:header]) == 0:
                (_, part), = chain(data[:total])
                found.setdefault(part.name, []).append(bytes(data))
            at += total
        return found


def berth(*arguments, port, timeout=500):
    return subprocess.run([BERTH, *map(str, arguments)], text=True,
                          capture_output=True, check=False, timeout=timeout,
                          env={**os.environ, "BERTH_PORT": port})


class Line(threading.Thread):
    """Between a tool and a board: a Unix socket that loses, doubles, changes
    and delays bytes, each with its chance, swaps parts of what it has got, and
    cuts the connection after `cut` bytes from the tool, once."""

    def __init__(self, folder, port, seed=1, lose=0.0, double=0.0, change=0.0,
                 delay=0.0, reorder=0.0, cut=None):
        super().__init__(daemon=True)
        self.path = os.path.join(folder, f"line{random.randrange(1 << 30)}")
        self.port = "unix:" + self.path
        self.board = port.removeprefix("unix:")
        self.chance = random.Random(seed)
        self.lose, self.double, self.change = lose, double, change
        self.delay, self.reorder, self.cut = delay, reorder, cut
        self.faults = self.from_tool = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.ending = False
        self.start()

    def spoil(self, data):
        out = bytearray()
        for byte in data:
            draw = self.chance.random()
            if draw < self.lose:
                self.faults += 1
                continue
            draw -= self.lose
            if draw < self.double:
                self.faults += 1
                out.append(byte)
            elif draw < self.double + self.change:
                self.faults += 1
                byte ^= 1 << self.chance.randrange(8)
            out.append(byte)
        if len(out) > 1 and self.chance.random() < self.reorder:
            self.faults += 1
            at = self.chance.randrange(1, len(out))
            out = out[at:] + out[:at]
        if self.chance.random() < self.delay:
            time.sleep(self.chance.random() * 0.3)
        return bytes(out)

    def serve(self, tool):
        board = socket.socket(socket.AF_UNIX)
        board.connect(self.board)
        ends = {tool: board, board: tool}
        while True:
            for end in select.select(list(ends), [], [], 1)[0]:
                data = end.recv(4096)
                if not data:
                    return
                if end is tool:
                    self.from_tool += len(data)
                    if self.cut is not None and self.from_tool >= self.cut:
                        keep = len(data) - (self.from_tool - self.cut)
                        ends[end].sendall(data[:keep])
                        self.cut = None
                        return
                ends[end].sendall(self.spoil(data))

    def run(self):
        while not self.ending:
            try:
                tool, _ = self.listener.accept()
            except OSError:
                return
            try:
                self.serve(tool)
            except OSError:
                pass
            tool.close()

    def close(self):
        self.ending = True
        self.listener.close()


def folder():
    return tempfile.TemporaryDirectory(prefix="berth-live-")

# SPDX-License-Identifier: Apache-2.0
"""A tool of Tock's serial bootloader, as tockloader is one: frames, escapes, and
its order of commands for list, install and uninstall. Written from the
protocol, not from ours."""
import select
import socket
import time
import zlib

ESCAPE = 0xFC
SYNC = b"\x00\xFC\x05"
PING, INFO, ID, RESET, ERASE, WRITE = 0x01, 0x03, 0x04, 0x05, 0x06, 0x07
READ, SET_ATTRIBUTE, GET_ATTRIBUTE, CRC = 0x11, 0x13, 0x14, 0x15
BAUD, EXIT, SET_START = 0x21, 0x22, 0x23
PONG, BAD_ADDRESS, ERROR, BAD_ARGUMENTS, OK = 0x11, 0x12, 0x13, 0x14, 0x15
UNKNOWN, RANGE, ATTRIBUTE, CRC_IS, INFO_IS, BAUD_FAILED = (
    0x16, 0x20, 0x22, 0x23, 0x25, 0x26)
PAGE = 512
LENGTHS = {RANGE: None, ATTRIBUTE: 64, CRC_IS: 4, INFO_IS: 193}


def u32(n):
    return (n & 0xFFFFFFFF).to_bytes(4, "little")


def escaped(data):
    return data.replace(b"\xFC", b"\xFC\xFC")


class Tool:
    """One connection to a board's line."""

    def __init__(self, port):
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(port.removeprefix("unix:"))
        self.slowest = 0.0

    def close(self):
        self.line.close()

    def send(self, data):
        self.line.sendall(data)

    def read(self, count, seconds=10.0):
        """Exactly `count` bytes as they are on the wire, or what came in time."""
        data, end = b"", time.monotonic() + seconds
        while len(data) < count:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.line], [], [], left)[0]:
                break
            got = self.line.recv(count - len(data))
            if not got:
                break
            data += got
        return data

    def silence(self, seconds=0.2):
        """What comes within that time: nothing, one hopes."""
        return self.read(100000, seconds)

    def enter(self, tries=30):
        """As tockloader does: PING until the answer is nothing but PONG."""
        for _ in range(tries):
            self.send(bytes([ESCAPE, PING]))
            if self.read(200, 0.5) == bytes([ESCAPE, PONG]):
                return
        raise AssertionError("no bootloader answers")

    def body(self, count):
        """`count` bytes of a body, their escapes undone."""
        data = b""
        while len(data) < count:
            byte = self.read(1)
            if byte == bytes([ESCAPE]):
                if self.read(1) != bytes([ESCAPE]):
                    raise AssertionError("an escape in the middle of a body")
            elif byte == b"":
                raise AssertionError(f"{len(data)} bytes of {count}, then none")
            data += byte
        return data

    def ask(self, command, payload=b"", count=None, sync=SYNC):
        """A command; the response's code and body."""
        begun = time.monotonic()
        self.send(sync + escaped(payload) + bytes([ESCAPE, command]))
        head = self.read(2)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        if len(head) != 2 or head[0] != ESCAPE:
            raise AssertionError(f"command {command:02x}: answered {head!r}")
        want = LENGTHS.get(head[1], 0)
        return head[1], self.body(count if want is None else want)

    def must(self, command, payload=b"", count=None):
        code, body = self.ask(command, payload, count)
        if code not in (OK, RANGE, ATTRIBUTE, CRC_IS, INFO_IS):
            raise AssertionError(f"command {command:02x}: answered {code:02x}")
        return body

    # ---- what tockloader makes of them ------------------------------------------

    def flash(self, address, count):
        data = b""
        while len(data) < count:
            part = min(4095, count - len(data))
            data += self.must(READ, u32(address + len(data))
                              + part.to_bytes(2, "little"), part)
        return data

    def attributes(self):
        found = {}
        for index in range(16):
            raw = self.must(GET_ATTRIBUTE, bytes([index]))
            if 0 < raw[8] <= 55:
                found[raw[:8].rstrip(b"\0").decode()] = raw[9:9 + raw[8]].decode()
        return found

    def list(self, start):
        """(address, size, header) of each object, as tockloader walks."""
        found, at = [], start
        while True:
            header = self.flash(at, 200)
            if header[:2] != b"\2\0":
                return found
            length = int.from_bytes(header[2:4], "little")
            size = int.from_bytes(header[4:8], "little")
            if length > 200 or size < 16:
                return found
            found.append((at, size, header[:length]))
            at += size

    def write(self, address, data):
        """Pages, all-zero ones skipped but for one behind another, then the
        checksum of what was written."""
        data += b"\xFF" * (-len(data) % PAGE)
        was_zero = True
        for at in range(0, len(data), PAGE):
            page = data[at:at + PAGE]
            is_zero = page == bytes(PAGE)
            if not is_zero or not was_zero:
                self.must(WRITE, u32(address + at) + page)
            was_zero = is_zero
        crc = self.must(CRC, u32(address) + u32(len(data)))
        if int.from_bytes(crc, "little") != zlib.crc32(data):
            raise AssertionError("the checksum is another")

    def install(self, start, data):
        """Behind the last one, then the page behind it is cleared."""
        objects = self.list(start)
        at = objects[-1][0] + objects[-1][1] if objects else start
        self.write(at, data)
        if (at + len(data)) % PAGE == 0:
            self.must(ERASE, u32(at + len(data)))
        return at

    def uninstall(self, address, size):
        """A padding header, the rest of its page ones."""
        first = 2 | 16 << 16
        words = [first, size, 0]
        words.append(words[0] ^ words[1] ^ words[2])
        self.must(WRITE, u32(address)
                  + b"".join(map(u32, words)).ljust(PAGE, b"\xFF"))

    def leave(self):
        self.send(bytes([ESCAPE, EXIT]))

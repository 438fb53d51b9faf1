# SPDX-License-Identifier: Apache-2.0
"""TBF objects, to take apart and to make: whatever a flash may hold."""
import struct

from harness import setting

PROGRAM, NAME, FIXED, PERMISSIONS, KERNEL = 9, 3, 5, 6, 8


def words(*values):
    return b"".join(struct.pack("<I", v & 0xFFFFFFFF) for v in values)


class Object:
    """One TBF object in a bytearray, from `at` on."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def half(self, offset):
        return struct.unpack_from("<H", self.data, self.at + offset)[0]

    def word(self, offset):
        return struct.unpack_from("<I", self.data, self.at + offset)[0]

    def set_word(self, offset, value):
        struct.pack_into("<I", self.data, self.at + offset, value)

    def tlv(self, kind):
        """The offset of that entry's payload, from the object's start."""
        offset = 16
        while offset < self.half(2):
            if self.half(offset) == kind:
                return offset + 4
            offset += 4 + (self.half(offset + 2) + 3 & ~3)
        raise KeyError(kind)

    def seal(self):
        """Sets the checksum right."""
        self.set_word(12, 0)
        total = 0
        for offset in range(0, self.half(2), 4):
            total ^= self.word(offset)
        self.set_word(12, total)


def tlv(kind, payload):
    return struct.pack("<HH", kind, len(payload)) + payload + b"\0" * (-len(payload) % 4)


def make(name, code, ram=512, entries=b"", kernel=(2, 0), tail=0):
    """An object without fixed addresses. `code` runs wherever it lies."""
    header = tlv(NAME, name.encode()) + tlv(KERNEL, struct.pack("<HH", *kernel)) + entries
    size = 16 + 24 + len(header)
    total = size + len(code) + tail
    program = tlv(PROGRAM, words(0, 0, ram, total, 1))
    data = bytearray(struct.pack("<HHIII", 2, size, total, 1, 0)
                     + program + header + code + b"\0" * tail)
    Object(data).seal()
    return bytes(data)


def padding(size):
    """An object that is no app."""
    data = bytearray(struct.pack("<HHIII", 2, 16, size, 0, 0) + b"\xa5" * (size - 16))
    Object(data).seal()
    return bytes(data)


def li(register, value):
    """Instructions that load a register of a0 to a7, by number."""
    rd = (10 + register) << 7
    low = value & 0xFFF
    high = (value + 0x800) >> 12 & 0xFFFFF
    return words(high << 12 | rd | 0x37, low << 20 | (10 + register) << 15 | rd | 0x13)


ECALL = words(0x73)


def prints(number):
    """Code that prints a number by low-level debug and ends, some 8 ms later:
    what a process has not got out yet on a real line goes with it."""
    return (li(0, 8) + li(1, 2) + li(2, number) + li(4, 2) + ECALL
            + words(0x00400537,   # lui a0, 0x400: 4 Mi times
                    0xFFF50513,   # addi a0, a0, -1
                    0xFE051EE3)   # bnez a0, back one
            + li(0, 0) + li(1, number) + li(4, 6) + ECALL)


def write_chain(board, path, objects):
    """Makes the image of those objects, one behind the other."""
    data = b"".join(objects)
    with open(path, "wb") as file:
        file.write(data)
        file.truncate(int(setting(board, "APPS_SIZE"), 0))


def change(path, at, function):
    """Changes the object at that offset of an image."""
    with open(path, "r+b") as file:
        file.seek(at)
        data = bytearray(file.read(0x10000))
        function(Object(data))
        file.seek(at)
        file.write(data)

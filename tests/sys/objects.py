# SPDX-License-Identifier: Apache-2.0
"""TBF objects, to take apart and to make: whatever a flash may hold."""
import struct

from harness import setting

PROGRAM, NAME, FIXED, PERMISSIONS, KERNEL = 9, 3, 5, 6, 8
RELOCATION = 0x8B01


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


FLASH_LINK, RAM_LINK = 0x10000000, 0x60000000
# The words of a relocation descriptor, docs/relocation-format.md.
(FLASH_BASE, FLASH_LENGTH, RAM_BASE, RAM_LENGTH, DATA_OFFSET, DATA_LENGTH,
 DATA_AT, BSS_LENGTH, GP, TLS_AT, TLS_LENGTH, TP, RAM_ALIGNMENT,
 FLASH_ALIGNMENT, TABLE_OFFSET, TABLE_LENGTH, ENCODING) = range(17)


def relr(offsets):
    """The table that lists the words at these offsets of the data image."""
    left, table = sorted(offsets), []
    while left:
        at = left.pop(0)
        table.append(at)
        at += 4
        while left and left[0] < at + 124:
            bits = 1
            while left and left[0] < at + 124:
                bits |= 1 << (left.pop(0) - at) // 4 + 1
            table.append(bits)
            at += 124
    return table


def movable(name, code, data=(), listed=(), bss=16, stack=64, change=None,
            table=None, ram=None, tail=0):
    """An object whose RAM the kernel makes. `data` are words, those at the
    offsets `listed` link-time addresses; change: words of the descriptor that
    are to be wrong; table: instead of that of `listed`."""
    table = relr(listed) if table is None else table
    header = 16 + 24 + 4 + (len(name) + 3 & ~3) + 8 + 12
    code += b"\0" * (-len(code) % 4)
    at = header + len(code) + 4 * len(data)
    descriptor = [FLASH_LINK, len(code), RAM_LINK,
                  stack + 4 * len(data) + bss, header + len(code),
                  4 * len(data), stack, bss, stack, stack, 0, stack, 16, 4,
                  at + 68, 4 * len(table), 1]
    for index, value in (change or {}).items():
        descriptor[index] = value
    return make(name, code + words(*data) + words(*descriptor) + words(*table),
                ram=ram or stack + 4 * len(data) + bss + 512,
                entries=tlv(RELOCATION, words(1, at)), tail=tail)


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


# Some 8 ms: a real line gets a number out meanwhile. What a process has not got
# out goes with it.
SPIN = words(0x00400537,  # lui a0, 0x400: 4 Mi times
             0xFFF50513,  # addi a0, a0, -1
             0xFE051EE3)  # bnez a0, back one


def prints(number):
    """Code that prints a number by low-level debug and ends."""
    return (li(0, 8) + li(1, 2) + li(2, number) + li(4, 2) + ECALL + SPIN
            + li(0, 0) + li(1, number) + li(4, 6) + ECALL)


def loads(register, base, offset):
    """lw of a0 to a7 (by number) from gp (3), tp (4) or sp (2)."""
    return words(offset << 20 | base << 15 | 2 << 12 | (10 + register) << 7 | 3)


def moves(register, source):
    """addi of a0 to a7 (by number) from another register."""
    return words(source << 15 | (10 + register) << 7 | 0x13)


PRINT_A2 = li(0, 8) + li(1, 2) + li(4, 2) + ECALL + SPIN
END = li(0, 0) + li(1, 0) + li(4, 6) + ECALL


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

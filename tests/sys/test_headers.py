# SPDX-License-Identifier: Apache-2.0
"""Apps whose header is a weapon: the kernel reads it again whenever somebody
asks for what only the header knows, with interrupts off."""
import struct

from harness import MCU, boot
from objects import ECALL, Object, li, make, tlv, words

WITNESS = r"witness: \d+ periods, 0 missed"
MEMOP, COMMAND, EXIT = 5, 2, 6


def back(distance):
    """A jump that far back."""
    at = -distance
    return words((at >> 20 & 1) << 31 | (at >> 1 & 0x3FF) << 21
                 | (at >> 11 & 1) << 20 | (at >> 12 & 0xFF) << 12 | 0x6F)


def for_ever(kind, *arguments):
    """Code that makes one system call without a pause."""
    code = b"".join(li(i, a) for i, a in enumerate(arguments)) + li(4, kind) + ECALL
    return code + back(len(code))


def behind_the_witness(make_object):
    """A preparation that puts an object where the second app was."""
    def prepare(_board, path):
        with open(path, "r+b") as file:
            witness = Object(bytearray(file.read(64)))
            file.seek(witness.word(4))
            file.write(make_object() + words(-1))
    return prepare


def of_regions(size, code):
    """An object whose header of nearly that size is full of entries that each
    tell of one writeable region, the first word of code."""
    def make_object():
        def entries(header):
            one = tlv(2, words(header, 4))
            return one * ((size - 64) // len(one))
        header = struct.unpack_from("<H", make("regions", code, entries=entries(0)), 2)[0]
        return make("regions", code, entries=entries(header))
    return make_object


def keeps_its_period(m):
    """The witness does, for half a second while the other app works."""
    m.expect(r"witness: 50 periods, 0 missed")
    m.type("list")
    m.expect(r"^ \d.* regions ")
    m.refuse(r"witness: \d+ periods, [1-9]\d* missed")
    m.refuse("not started")


HEADER_MAX = 2048  # what the kernel takes; else the object is passed over


@boot("witness", "hello", boards=["virt"], extra=MCU,
      prepare=behind_the_witness(of_regions(HEADER_MAX, for_ever(MEMOP, 7, 0))))
def counting_the_regions_of_a_long_header_delays_nobody(m):
    keeps_its_period(m)


@boot("witness", "hello", boards=["virt"], extra=MCU,
      prepare=behind_the_witness(of_regions(HEADER_MAX, for_ever(MEMOP, 9, HEADER_MAX))))
def looking_for_a_region_in_a_long_header_delays_nobody(m):
    keeps_its_period(m)


@boot("witness", "hello", boards=["virt"], extra=MCU,
      prepare=behind_the_witness(of_regions(HEADER_MAX, for_ever(COMMAND, 0x10002, 1))))
def asking_for_processes_with_a_long_header_delays_nobody(m):
    keeps_its_period(m)


@boot("witness", "hello", boards=["virt"], extra=MCU,
      prepare=behind_the_witness(of_regions(HEADER_MAX, for_ever(EXIT, 1, 0))))
def restarting_with_a_long_header_delays_nobody(m):
    keeps_its_period(m)


@boot("witness", "hello", boards=["virt"],
      prepare=behind_the_witness(of_regions(HEADER_MAX + 64, for_ever(MEMOP, 7, 0))))
def a_longer_header_is_refused(m):
    m.expect(r"regions at 0x[0-9a-f]+ not started: its header is too long")
    m.expect(WITNESS)

# SPDX-License-Identifier: Apache-2.0
"""`berth image --esp32c3`: what the mask ROM of an ESP32-C3 boots, taken apart
here as Espressif describes it, and what is refused. The kernels are ELF files
made byte by byte."""
import functools
import hashlib
import operator
import struct

import berth_tool
from berth_tool import REFUSED, USAGE, ToolTest, chain, tbf

FLASH, APPS, SIZE = 0x42000000, 0x42010000, 0x20000
CODE, DATA = 0x40380000, 0x3FC80000
TEXT = bytes(range(256)) * 5 + b"end"  # no multiple of 4
STUB_AT = 0x100


def elf(*segments, entry=CODE):
    """`segments`: (virtual address, physical, bytes, size in memory)."""
    offset = 52 + 32 * len(segments)
    heads, bodies = b"", b""
    for virtual, physical, data, memory in segments:
        heads += struct.pack("<8I", 1, offset + len(bodies), virtual, physical,
                             len(data), max(memory, len(data)), 7, 4)
        bodies += data
    ident = b"\x7fELF\x01\x01\x01" + bytes(9)
    return ident + struct.pack("<HHIIIIIHHHHHH", 2, 243, 1, entry, 52, 0, 0, 52,
                               32, len(segments), 40, 0, 0) + heads + bodies


def stub(at=STUB_AT, to=CODE, size=(len(TEXT) + 3) & ~3):
    return struct.pack("<6I", 0xAEDB041D, 0xAEDB041D, 0x0100006F, at, to, size)


TEXT_SEGMENT = (CODE, CODE, TEXT, 0)
STUB_SEGMENT = (FLASH, FLASH, stub(), 0)
ATTRIBUTES = (APPS - 8, APPS - 8, b"ABCDTOCK", 0)


class Esp32c3Test(ToolTest):
    def command(self, form, kernel, *more):
        self.write("k.elf", kernel)
        return ("image", "--esp32c3", form, "--kernel", "k.elf", "-o", "out.img",
                "--base", hex(FLASH), "--apps", hex(APPS), "--size", hex(SIZE),
                *more)

    def flash(self, form, *segments, more=(), **kind):
        self.berth(*self.command(form, elf(*segments, **kind), *more))
        return self.read("out.img")

    def refused_kernel(self, pattern, form, *segments, **kind):
        self.refused(pattern, *self.command(form, elf(*segments, **kind)))

    def rom_reads(self, flash):
        """The ROM's side: (entry, segments), having checked all it checks."""
        magic, count, mode, size, entry = struct.unpack_from("<BBBBI", flash)
        self.assertEqual((magic, mode, size), (0xE9, 2, 0x2F))
        pin, drive, chip, low, least, most, reserved, has_hash = struct.unpack_from(
            "<B3sHBHH4sB", flash, 8)
        self.assertEqual((pin, drive, chip, low, least, most, reserved, has_hash),
                         (0xEE, bytes(3), 5, 0, 0, 0xFFFF, bytes(4), 1))
        at, segments = 24, []
        for _ in range(count):
            address, length = struct.unpack_from("<II", flash, at)
            self.assertEqual((address % 4, length % 4), (0, 0))
            segments.append((address, flash[at + 8:at + 8 + length]))
            at += 8 + length
        checksum = functools.reduce(operator.xor, b"".join(s[1] for s in segments),
                                    0xEF)
        end = (at | 15) + 1
        self.assertEqual(flash[at:end - 1], bytes(end - 1 - at))
        self.assertEqual(flash[end - 1], checksum)
        self.assertEqual(flash[end:end + 32], hashlib.sha256(flash[:end]).digest())
        return entry, segments, end + 32

    def test_the_rom_finds_the_kernel_checked_and_hashed(self):
        flash = self.flash("rom", TEXT_SEGMENT, entry=CODE + 16)
        entry, segments, end = self.rom_reads(flash)
        self.assertEqual(entry, CODE + 16)
        self.assertEqual(segments, [(CODE, TEXT + b"\0")])
        self.assertEqual(flash[end:], b"\xFF" * (SIZE - end))

    def test_every_length_ends_where_the_checksum_is_to_be(self):
        for length in range(4, 40, 4):
            flash = self.flash("rom", (CODE, CODE, TEXT[:length], 0))
            self.assertEqual(self.rom_reads(flash)[1], [(CODE, TEXT[:length])])

    def test_what_follows_one_another_is_one_segment(self):
        flash = self.flash("rom", (CODE, CODE, TEXT[:256], 0),
                           (DATA + 0x2000, CODE + 256, b"data", 64),
                           (0x50000000, 0x50000000, b"kept", 0))
        self.assertEqual(self.rom_reads(flash)[1],
                         [(CODE, TEXT[:256] + b"data"), (0x50000000, b"kept")])

    def test_what_is_linked_for_flash_lies_where_it_is_seen(self):
        flash = self.flash("rom", TEXT_SEGMENT, STUB_SEGMENT, ATTRIBUTES)
        self.rom_reads(flash)
        self.assertEqual(flash[APPS - FLASH - 8:APPS - FLASH], b"ABCDTOCK")

    def test_direct_boot_begins_with_the_stub_and_has_what_it_copies(self):
        flash = self.flash("direct", TEXT_SEGMENT, STUB_SEGMENT, ATTRIBUTES)
        self.assertEqual(flash[:24], stub())
        self.assertEqual(flash[STUB_AT:STUB_AT + len(TEXT) + 1], TEXT + b"\0")
        self.assertEqual(flash[APPS - FLASH - 8:APPS - FLASH], b"ABCDTOCK")

    def test_apps_follow_where_they_are_said_to(self):
        self.write("a.tbf", tbf(name=b"a"))
        for form in ("rom", "direct"):
            flash = self.flash(form, TEXT_SEGMENT, STUB_SEGMENT, more=("a.tbf",))
            self.assertEqual([t.name for _, t in chain(flash, APPS - FLASH)], ["a"])

    def test_the_same_bytes_of_sram_at_two_addresses_are_refused(self):
        for data in (DATA, DATA + len(TEXT) - 1):
            self.refused_kernel("share bytes", "rom", TEXT_SEGMENT,
                                (data, CODE + 0x4000, b"", 16))
        self.refused_kernel("share bytes", "rom", TEXT_SEGMENT,
                            (CODE + 4, CODE + 0x4000, b"x", 0))
        self.flash("rom", TEXT_SEGMENT, (DATA + len(TEXT), CODE + 0x4000, b"", 16))

    def test_what_the_rom_would_not_load_is_refused(self):
        for segment in ((0x80000000, 0x80000000, b"text", 0),
                        (CODE - 4, CODE - 4, b"text", 0),
                        (CODE + 0x2002, CODE + 0x2002, b"text", 0),
                        (DATA + 0x5FFFE, DATA + 0x5FFFE, b"text", 0)):
            self.refused_kernel("the mask ROM loads words to SRAM", "rom",
                                TEXT_SEGMENT, segment)
        self.refused_kernel("reaches into what the mask ROM uses", "rom",
                            TEXT_SEGMENT, (CODE + 0x5C70E, CODE + 0x5C70C, b"text!", 0))
        self.refused_kernel("its entry 0x40390000 is not loaded", "rom",
                            TEXT_SEGMENT, entry=0x40390000)
        self.refused_kernel("has nothing for SRAM", "rom", STUB_SEGMENT)
        self.refused_kernel("more than 16 segments", "rom", *(
            (CODE + 16 * n, CODE + 16 * n, b"text", 0) for n in range(17)))

    def test_a_kernel_that_does_not_fit_is_refused(self):
        self.refused_kernel("there is room for 65536", "rom",
                            (CODE, CODE, bytes(65536), 0))
        self.refused_kernel("lies in the image", "rom", TEXT_SEGMENT,
                            (FLASH + 0x100, FLASH + 0x100, b"text", 0))
        self.refused_kernel("lies beyond the 65536 bytes", "rom", TEXT_SEGMENT,
                            (APPS, APPS, b"text", 0))

    def test_direct_boot_needs_a_stub_that_knows_the_kernel(self):
        self.refused_kernel("no stub for direct boot", "direct", TEXT_SEGMENT)
        for wrong in (stub(at=20), stub(at=0x102), stub(to=CODE + 4),
                      stub(size=len(TEXT) - 3)):
            self.refused_kernel("the stub copies", "direct", TEXT_SEGMENT,
                                (FLASH, FLASH, wrong, 0))
        self.refused_kernel("and more", "direct", TEXT_SEGMENT, STUB_SEGMENT,
                            (0x50000000, 0x50000000, b"kept", 0))

    def test_wrong_files_and_command_lines(self):
        self.write("k.bin", b"k")
        base = ("image", "-o", "x", "--base", hex(FLASH), "--apps", hex(APPS),
                "--size", hex(SIZE))
        self.refused("neither rom nor direct", *base, "--esp32c3", "flash",
                     expect=USAGE)
        self.refused("name it by --kernel", *base, "--esp32c3", "rom", expect=USAGE)
        self.refused("k.bin", *base, "--esp32c3", "rom", "--kernel", "k.bin",
                     expect=REFUSED)


if __name__ == "__main__":
    berth_tool.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""size_drivers.py CROSS BOARD [MACHINE]: bytes of code and of grant of each driver
in the board's table, read from its image. Grants get their layout at boot, so the
image is booted in QEMU for that; without QEMU, or a MACHINE that it has, that
column is left out.
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import time

ROW = struct.Struct("<IIII")  # struct driver: number, ops, self, grant
GRANT_WORDS = 3               # struct grant, of which `size` and `data` matter
BOOT_SECONDS = 10
SIGPIPE = 141                 # what a shell says of who wrote to a pipe without reader


class Image:
    """An ELF file of 32 bits, by addresses."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.bytes = file.read()
        at, size, count = struct.unpack_from("<I10xHH", self.bytes, 28)
        self.segments = [struct.unpack_from("<IIIIII", self.bytes, at + size * i)
                         for i in range(count)]

    def words(self, address, count):
        for kind, offset, virtual, _, in_file, _ in self.segments:
            if kind == 1 and virtual <= address < virtual + in_file:
                return struct.unpack_from(f"<{count}I", self.bytes,
                                          offset + address - virtual)
        sys.exit(f"size: nothing lies at 0x{address:x} in {self.path}")


def run(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def table(cross, image):
    """The rows of the board's table, and the bytes of code by source file."""
    rows, code, seen = [], {}, set()
    for line in run(cross + "nm", "-S", "-l", image.path).splitlines():
        words = line.split(None, 3)
        if len(words) < 4 or len(words[2]) != 1:
            continue
        start, size = int(words[0], 16), int(words[1], 16)
        name, _, place = words[3].partition("\t")
        if name in ("drivers", "board_drivers"):
            for i in range(size // ROW.size):
                rows.append(image.words(start + i * ROW.size, 4))
        if words[2] in "tTrR" and place and (start, size) not in seen:
            seen.add((start, size))
            file = source(place)
            code[file] = code.get(file, 0) + size
    return rows, code


def source(place):
    """drivers/x.c of what a tool says about where that lies."""
    found = re.search(r"((?:drivers|loader|kernel)/[^:]*)", place)
    return found.group(1) if found else place


def grants(board, image, addresses):
    """struct grant at each address, as it is once the board has booted."""
    if not shutil.which("qemu-system-riscv32"):
        return {}
    with subprocess.Popen(
            ["tools/qemu", board, image.path, "none", "-serial", "null",
             "-monitor", "stdio"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1) as machine:
        try:
            return ask(machine, addresses)
        finally:
            machine.kill()


def ask(machine, addresses):
    found, end = {}, time.monotonic() + BOOT_SECONDS
    for address in addresses:
        while address not in found:
            machine.stdin.write(f"xp /{GRANT_WORDS}wx 0x{address:x}\n")
            line = machine.stdout.readline()
            while not (words := re.match(r"\w{16}: (.*)", line)):
                if not line:
                    sys.exit("size: QEMU ended at once")
                line = machine.stdout.readline()
            words = [int(word, 16) for word in words.group(1).split()]
            size, data = words[1] & 0xFFFF, words[2] & 0xFFFF
            if size + data != 0:
                found[address] = size + data
            elif time.monotonic() > end:
                sys.exit("size: the board did not boot in QEMU")
    return found


def main():
    cross, board, *machine = sys.argv[1:]
    image = Image(f"build/{board}/kernel.elf")
    rows, code = table(cross, image)
    if not rows:
        sys.exit(f"size: no table \"drivers\" in {image.path}")
    wanted = [grant for *_, grant in rows if grant] if machine else []
    size_of = grants(board, image, wanted)
    lines = ["", "   code  grant  driver"]
    for number, ops, _, grant in rows:
        command = image.words(ops, 1)[0]
        place = source(run(cross + "addr2line", "-e", image.path,
                           f"0x{command:x}").strip())
        held = size_of.get(grant, "?") if grant else 0
        lines.append(f"{code.get(place, 0):7}{held:>7}  0x{number:05x} {place}")
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:  # head(1) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(SIGPIPE)


main()

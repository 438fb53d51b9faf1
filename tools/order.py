#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""order.py OBJDUMP ELF MAP [HOT]: an order.ld for that image (linker/kernel.ld
includes it), in which callers and callees are neighbours.

The functions named in the file HOT, and the trap entry, lie together, behind as much
of the others as a memory made of the cache takes away from one of its ways: so they
do not drive each other out of it (docs/design/fe310.md).

A call or jump over less than 2 KiB takes 2 bytes, any other 4. The order is
looked for by chance: a move of some functions is kept if calls become shorter
by it, early on also if they become a little longer. The same image gives the
same order.

ld shortens calls on one way through the image: those ahead are farther off
then than they will be, those behind it seem to be so by all that it has saved
before.
"""
import math
import random
import re
import subprocess
import sys

REACH = 2020   # a little less than 2 KiB: alignment moves things
GROWTH = 1.16  # an image before its calls are shortened, measured by the rest
MOVES = 250000
BEFORE_HOT = 512  # the ITIM of boards/hifive1-revb/ram_code.ld
TRAP = (".text.trap", ".text.user_copy")

HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's functions, each near those that call it: short calls take half
 * the bytes; those of system calls side by side, which is what a small cache
 * wants. `make order` writes this file. What is not in the image any more
 * does no harm, what is not here comes last. */
"""


def base_of(name):
    return re.sub(r"(\.(lto_priv|constprop|isra|part)\.\d+)+$", "", name)


def sections_of(map_file):
    """Input sections of .text: [(pattern, start, size)]."""
    text = open(map_file).read().split("\nLinker script and memory map", 1)[1]
    found = re.findall(
        r"^ (\.text\S*)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)$", text, re.M)
    for name, start, size, path in found:
        start, size = int(start, 16), int(size, 16)
        if size == 0 or start == 0:
            continue
        if name == ".text":  # of an archive: known by its member
            member = re.search(r"\(([^)]+)\)$", path)
            if not member:
                continue
            yield f"*{member[1]}(.text)", start, size
        elif name in TRAP:
            yield f"*({name})", start, size
        elif name != ".text.start":
            base = base_of(name)
            yield f"*({base} {base}.*)", start, size


def jumps_of(objdump, elf):
    """Calls and jumps that have a short form: [(from, to)]."""
    text = subprocess.run([objdump, "-d", "-j", ".text", elf], check=True,
                          capture_output=True, text=True).stdout
    for at, name, operands in re.findall(
            r"^\s*([0-9a-f]+):\t[0-9a-f ]+\t(jal|j)\t(.*)$", text, re.M):
        if not operands.startswith("t0,"):
            yield int(at, 16), int(re.match(r"[0-9a-f]+", operands)[0], 16)


class Image:
    def __init__(self, sections, jumps):
        self.patterns, self.sizes, self.calls = [], [], []
        place = {}
        starts = []
        for pattern, start, size in sections:
            if pattern in place:
                unit = place[pattern]
                offset = self.sizes[unit]
                self.sizes[unit] += size
            else:
                unit = place[pattern] = len(self.sizes)
                offset = 0
                self.patterns.append(pattern)
                self.sizes.append(size)
            starts.append((start, start + size, unit, offset))

        def find(address):
            for start, end, unit, offset in starts:
                if start <= address < end:
                    return unit, address - start + offset
            return None, 0

        for source, target in jumps:
            a, a_offset = find(source)
            b, b_offset = find(target)
            if a is not None and b is not None and a != b:
                self.calls.append((a, b, a_offset - b_offset))

    def short(self, order):
        at, position = [0] * len(order), 0
        for unit in order:
            at[unit] = position
            position += self.sizes[unit]
        count = 0
        for a, b, offset in self.calls:
            ahead = at[b] - at[a] - offset
            if ahead > 0:
                count += ahead * GROWTH < REACH
            else:
                count += at[a] * (GROWTH - 1) - ahead < REACH
        return count

    def whole(self, cold, hot):
        """The order of all: some of the cold ones, the hot ones, the rest."""
        before = size = 0
        while hot and before < len(cold) and size < BEFORE_HOT:
            size += self.sizes[cold[before]]
            before += 1
        return cold[:before] + hot + cold[before:]

    def arrange(self, is_hot):
        dice = random.Random(1)
        units = range(len(self.sizes))
        parts = [[u for u in units if not is_hot(self.patterns[u])],
                 [u for u in units if is_hot(self.patterns[u])]]
        score = best_score = self.short(self.whole(*parts))
        best = self.whole(*parts)
        for move in range(MOVES):
            heat = 2.0 * (1 - move / MOVES) + 0.01
            part = int(dice.randrange(len(units)) < len(parts[1]))
            old = parts[part]
            start = dice.randrange(len(old))
            length = dice.choice((1, 1, 2, 4, 8))
            block = old[start:start + length]
            rest = old[:start] + old[start + length:]
            to = dice.randrange(len(rest) + 1)
            parts[part] = rest[:to] + block + rest[to:]
            whole = self.whole(*parts)
            new_score = self.short(whole)
            if new_score >= score or \
                    dice.random() < math.exp((new_score - score) / heat):
                score = new_score
                if score > best_score:
                    best, best_score = whole, score
            else:
                parts[part] = old
        return [self.patterns[unit] for unit in best]


def hot_patterns(path):
    """What tells whether a pattern is one of those that belong together."""
    names = set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                names.update(line.split())
    bases = {base_of(name) for name in names}

    def is_hot(pattern):
        section = re.match(r"\*([\w-]*\.o)?\((\.text\S*?)[ )]", pattern)
        if section[1]:
            return section[1] in names
        last = section[2].rsplit(".", 1)[-1]
        return section[2] in TRAP or last in bases
    return is_hot


def main():
    objdump, elf, map_file, *hot = sys.argv[1:]
    image = Image(sections_of(map_file), jumps_of(objdump, elf))
    is_hot = hot_patterns(hot[0]) if hot else lambda pattern: False
    print(HEAD + "\n".join(image.arrange(is_hot)))


main()

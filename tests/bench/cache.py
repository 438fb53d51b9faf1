#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Would the FE310's ITIM pay for the kernel's hot path?

    tests/bench/cache.py [APP ...]

The machine model has no cache: an instruction takes what it takes. So its trace
of the HiFive1 is put through a model of the instruction cache here (16 KiB, two
ways, lines of 64 bytes, the oldest line goes), once as it is, and then with the
hottest functions of the kernel in an ITIM of 1, 2, 4 and 8 KiB, which takes its
lines from one of the ways. A miss is a line read from serial flash, 64 bytes at a
bit a clock: it costs as much as MISS_COST instructions at 16 MHz.
"""
import collections
import re
import subprocess
import sys

sys.path.insert(0, "tests/sys")
import harness  # noqa: E402

BOARD = "hifive1-revb"
LINE, SETS, WAYS = 64, 128, 2
FLASH = range(0x20000000, 0x20400000)
KERNEL = range(0x20010000, 0x20040000)
MISS_COST = (64 + 4) * 8 * 2  # command and address go before; clock / 2
SKIPPED, MEASURED = 800000, 3000000
ITIMS = (1024, 2048, 4096, 8192)


def trace(apps):
    """pc and function of each instruction of flash, once the apps run."""
    image = f"build/{BOARD}/bench/cache.img"
    harness.make_image(BOARD, apps, image)
    command = ["tools/sim", BOARD, f"build/{BOARD}/kernel.elf", image, "--serial",
               "null", "--trace", "-", "--max-instructions", str(SKIPPED + MEASURED)]
    steps = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL) as model:
        for number, line in enumerate(model.stderr):
            found = re.match(r"([0-9a-f]{8}) [MU] ([^\s+]+)", line)
            if number >= SKIPPED and found:
                pc = int(found[1], 16)
                if pc in FLASH:
                    steps.append((pc, found[2] if pc in KERNEL else ""))
    return steps


def sizes():
    """name -> bytes, of the kernel's functions."""
    said = subprocess.run(["riscv64-unknown-elf-nm", "-S", f"build/{BOARD}/kernel.elf"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: int(size, 16)
            for size, name in re.findall(r"^\w+ (\w+) [tT] (\S+)$", said, re.M)}


def hottest(steps, room):
    """The functions that are executed most for their size, as many as fit."""
    counts = collections.Counter(name for _, name in steps if name)
    size, chosen = sizes(), set()
    for name in sorted(counts, key=lambda n: -counts[n] / size.get(n, 1 << 30)):
        if size.get(name, room + 1) <= room:
            room -= size[name]
            chosen.add(name)
    return chosen


def misses(steps, itim=0, inside=frozenset()):
    """Lines read from flash, and instructions that were in the ITIM."""
    taken = itim // LINE  # sets that have one way less
    cache = [[] for _ in range(SETS)]
    count = held = 0
    for pc, name in steps:
        if name in inside:
            held += 1
            continue
        line = pc // LINE
        ways = cache[line % SETS]
        if line in ways:
            ways.remove(line)
        else:
            count += 1
            if len(ways) >= (WAYS - 1 if line % SETS < taken else WAYS):
                ways.pop(0)
        ways.append(line)
    return count, held


def main():
    apps = sys.argv[1:] or ["witness", "blink", "ticker", "sensor"]
    trouble = harness.build(BOARD, harness.tbfs(BOARD, apps))
    if trouble:
        sys.exit(trouble)
    steps = trace(apps)
    print(f"{len(steps)} instructions of flash, {' '.join(apps)}; a miss counts as "
          f"{MISS_COST}")
    base, _ = misses(steps)
    print(f"{'ITIM':>6}{'misses':>9}{'in ITIM':>9}{'cost':>12}")
    for itim in (0, *ITIMS):
        inside = hottest(steps, itim) if itim else frozenset()
        count, held = misses(steps, itim, inside)
        cost = len(steps) + count * MISS_COST
        whole = len(steps) + base * MISS_COST
        print(f"{itim:6}{count:9}{100 * held / len(steps):8.1f}%{cost:12} "
              f"({100 * (cost / whole - 1):+.1f} %)")


if __name__ == "__main__":
    main()

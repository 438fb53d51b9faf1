#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Would the FE310's ITIM pay for the kernel's hot path?

    tests/bench/cache.py [APP ...]
    tests/bench/cache.py --hot BYTES > boards/hifive1-revb/hot.txt

The machine model lets fetches from serial flash take their time, behind the chip's
cache (`--cache`), with the board's own clock and divider. So system calls are timed on
hifive1-revb as it is, and then with the kernel's hottest functions in an ITIM of 1, 2,
4 and 8 KiB, which takes its lines from one way of the cache. That is taken to be so by
the model, not linked so: calls between ITIM and flash are in truth longer, by one
instruction and four bytes each.

Rows: system calls one behind the other, behind 4 KiB and behind 16 KiB of code of the
app (tests/bench/bench_hot.c), in microseconds; and apps side by side, as the time that
3 million instructions take.

--hot prints the functions that are executed most for their size, up to so many bytes:
those that `make order` puts side by side.
"""
import collections
import os
import re
import subprocess
import sys
import textwrap

sys.path.insert(0, "tests/sys")
import harness  # noqa: E402

BOARD = "hifive1-revb"
ROUNDS, TICK_US = 200, 1e6 / 32768
ITIMS = (1024, 2048, 4096, 8192)
SIDE_BY_SIDE = ["witness", "blink", "ticker", "sensor"]
MEASURED = 3000000
# The kernel's, of both loads.
COUNTED = re.compile(r"^ *(\d+) +[\d.]+ % (\S+)$", re.M)
FUNCTIONS = f"build/{BOARD}/bench/itim.txt"


def model(apps, *options):
    """What that says, on both of its outputs; an instruction takes 64 ns."""
    image = f"build/{BOARD}/bench/{'-'.join(apps)}.img"
    harness.make_image(BOARD, apps, image)
    return subprocess.run(
        ["tools/sim", BOARD, f"build/{BOARD}/kernel.elf", image, "--pace", "fast",
         "--shift", "6", "--stats", *options], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        check=False).stdout


def hot(*options):
    """name of a row -> us a call."""
    said = model(["bench_hot"], *options)
    if "hot done" not in said:
        sys.exit(f"cache: {said}")
    return {name: int(ticks) * TICK_US / ROUNDS
            for name, ticks in re.findall(r"hot (\w+) (-?\d+)", said)}


def side_by_side(apps, *options):
    """Instructions and reads from flash, in ms, sleep left out."""
    said = model(apps, "--max-instructions", str(MEASURED), *options)
    stalled = re.search(r"which took (\d+) ns", said)
    return (MEASURED * 64 + int(stalled[1])) / 1e6


def sizes():
    """name -> bytes, of the kernel's functions that lie in flash."""
    said = subprocess.run(["riscv64-unknown-elf-nm", "-S", f"build/{BOARD}/kernel.elf"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: int(size, 16)
            for size, name in re.findall(r"^2\w+ (\w+) [tT] (\S+)$", said, re.M)}


def hottest(counts, room):
    """The functions that are executed most for their size, as many as fit."""
    size, chosen = sizes(), []
    for name in sorted(size, key=lambda n: -counts[n] / size[n]):
        if counts[name] > 0 and size[name] <= room:
            room -= size[name]
            chosen.append(name)
    return chosen


HEAD = """# What system calls, upcalls, switches and the console's text run through, the functions
# that are executed most for their size: tests/bench/cache.py --hot 4096 writes this file,
# which `make order` reads.
"""


def hot_print(names):
    """As hot.txt has them: without what the compiler appends; libgcc's saving and
    restoring of registers is one object."""
    plain = {re.sub(r"(\.(lto_priv|constprop|isra|part)\.\d+)+$", "", name)
             for name in names}
    saves = {name for name in plain if name.startswith("__riscv_")}
    print(HEAD + textwrap.fill(" ".join(sorted(plain - saves)), 95)
          + ("\nsave-restore.o" if saves else ""))


def counts_of(apps):
    """Function -> instructions, of both loads."""
    counts = collections.Counter()
    for load in ["bench_hot"], apps:
        for count, name in COUNTED.findall(model(load, "--count-symbols",
                                                 "--max-instructions", str(MEASURED))):
            counts[name] += int(count)
    return counts


def main():
    is_list = sys.argv[1:2] == ["--hot"]
    apps = SIDE_BY_SIDE if is_list else sys.argv[1:] or SIDE_BY_SIDE
    trouble = harness.build(BOARD, [*harness.tbfs(BOARD, [*apps, "bench_hot"]),
                                    "build/berth-sim"])
    if trouble:
        sys.exit(trouble)
    counts = counts_of(apps)
    if is_list:
        hot_print(hottest(counts, int(sys.argv[2])))
        return
    columns = {"flash": (), "no cost": None}
    for line in "64", "32":
        columns["flash" if line == "64" else "lines of 32"] = ("--cache", line)
    rows = {name: hot(*(options or ())) for name, options in columns.items()}
    together = {"flash": side_by_side(apps, "--cache", "64"), "no cost": MEASURED * 64e-6,
                "lines of 32": side_by_side(apps, "--cache", "32")}
    os.makedirs(os.path.dirname(FUNCTIONS), exist_ok=True)
    for itim in ITIMS:
        with open(FUNCTIONS, "w", encoding="utf-8") as file:
            file.write("\n".join(hottest(counts, itim)) + "\n")
        options = ("--cache", "64", "--itim-functions", FUNCTIONS)
        rows[f"ITIM {itim}"] = hot(*options)
        together[f"ITIM {itim}"] = side_by_side(apps, *options)
    print(f"{'us a call':22}" + "".join(f"{name:>13}" for name in rows))
    for row in rows["flash"]:
        print(f"{row:22}" + "".join(f"{found[row]:13.1f}" for found in rows.values()))
    print(f"{'side by side, ms':22}" + "".join(f"{together[n]:13.1f}" for n in rows))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The long runs: fuzzing by count and by time, everything that FULL=1 does, the
scenarios that are too long for every change.

    python3 tests/soak.py MINUTES [STEP ...]

What MINUTES are for is two cores with nothing else to do: beyond those that FULL=1
takes they decide how much is fuzzed, 60 and more means at least a million scripts
of the drivers and half a million of the app loader, which are slower. STEPs are
names of the table below; without any it is all of them. Says what it will take,
runs each step whatever becomes of the others, and ends with `N passed, N failed`:
an input that fails lies in build/fuzz/.
"""
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import time

import suites

PROGRAMS = "build/host/fuzz/tests/fuzz/fuzz_"
CORES = 2
FIXED = 20  # minutes for what has no measure
# Targets by count: how many inputs in a soak of 60 minutes, how long they are at
# most, and how many a core does in a second. The longest come first.
SCRIPT, BYTES = ("-len_control=0",), ()
COUNTED = {
    "app_loader": (500_000, 200, SCRIPT, 330),
    "drivers": (1_000_000, 200, SCRIPT, 800),
    "proto": (10_000_000, 1100, BYTES, 20_000),
    "store": (2_000_000, 4096, BYTES, 7_500),
    "kept": (1_000_000, 240, SCRIPT, 3_500),
    "chain": (10_000_000, 4096, BYTES, 100_000),
    "reloc": (10_000_000, 4096, BYTES, 135_000),
    "messages": (10_000_000, 1100, BYTES, 430_000),
}


def others():
    """Targets that are fuzzed by time."""
    found = (os.path.basename(p)[5:-2] for p in glob.glob("tests/fuzz/fuzz_*.c"))
    return sorted(set(found) - set(COUNTED))


def counted(what, runs):
    """Runs one target for so many inputs; whether it did, and what it said."""
    _, longest, more, _ = COUNTED[what]
    found = os.path.join("build", "fuzz", what)
    seeds = os.path.join("tests", "fuzz", "corpus", what)
    os.makedirs(found, exist_ok=True)
    began = time.monotonic()
    done = subprocess.run(
        [PROGRAMS + what, f"-runs={runs}", f"-max_len={longest}", *more,
         "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1",
         f"-artifact_prefix={found}/failed-", found, seeds],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", check=False)
    units = re.search(r"number_of_executed_units: (\d+)", done.stdout)
    made = int(units[1]) if units else 0
    held = done.returncode == 0 and made >= runs
    if not held:
        print("\n".join(done.stdout.splitlines()[-40:]))
    print(f"  {'ok   ' if held else 'FAIL '} fuzz_{what}: {made} of {runs} runs, "
          f"{time.monotonic() - began:.0f} s", flush=True)
    return held


def all_counted(share):
    """All of them, on as many cores as there are to be."""
    print("== runs", flush=True)
    began = time.monotonic()
    names = [PROGRAMS + what for what in COUNTED]
    built = subprocess.run(["make", "--no-print-directory", f"-j{CORES}", *names],
                           stdin=subprocess.DEVNULL, check=False).returncode == 0
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        held = list(pool.map(lambda w: counted(w, max(1, int(COUNTED[w][0] * share))),
                             COUNTED)) if built else [False]
    seconds = time.monotonic() - began
    print(f"== runs: {'ok' if all(held) else 'FAILED'}, {seconds:.0f} s", flush=True)
    return sum(held), len(held) - sum(held), seconds


def steps(share):
    """Name -> what does it: a suite with its settings, or a function."""
    by_time = max(1, int(60 * share))
    return {
        "runs": lambda: all_counted(share),
        "fuzz": ("fuzz", f"FUZZ_SECONDS={by_time}", "FUZZ_TESTS=" + " ".join(
            f"tests/fuzz/fuzz_{w}" for w in others())),
        "tidy": ("lint", "CHECK=tidy", "FULL=1"),
        "prop": ("prop", "FULL=1"),
        "power": ("power", "FULL=1"),
        "pic": ("pic", "FULL=1"),
        "live": ("live", "FULL=1"),
        "sys": ("sys", "TEST=soak", f"CALLS={max(1000, int(2_500_000 * share))}"),
        "sys-sim": ("sys-sim", "TEST=soak_apps_survive"),
        "lockstep": ("lockstep", f"PROGRAMS={max(1, int(200 * share))}"),
    }


def main(minutes, wanted):
    share = max(minutes - FIXED, 1) / (60 - FIXED)
    table = steps(share)
    for name in wanted:
        if name not in table:
            sys.exit(f"soak: no step {name!r}; there are: {' '.join(table)}")
    inputs = sum(c[0] * share / c[3] for c in COUNTED.values()) / 60 / CORES
    print(f"soak: about {max(minutes, FIXED + 1)} minutes on {CORES} quiet cores, {inputs:.0f} "
          f"of them fuzzing by count; on one that is busy, longer", flush=True)
    results = {}
    for name in wanted or table:
        step = table[name]
        results[name] = step() if callable(step) else suites.run(step[0], step[1:])
    return suites.table(results)


if __name__ == "__main__":
    if not sys.argv[1].isdecimal():
        sys.exit(f'SOAK_MINUTES="{sys.argv[1]}" is no number')
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The long runs say what they will take, count what each target has done, and fail
when one of them does, or does less: on targets that are scripts."""
import contextlib
import io
import os
import stat
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import soak  # noqa: E402

GOOD = 'echo "$@" > said; for a; do case $a in -runs=*) n=${a#-runs=};; esac; done\n' \
       'echo "stat::number_of_executed_units: $n"'
FEWER = 'echo "stat::number_of_executed_units: 1"'
CRASH = 'echo "stat::number_of_executed_units: 99999999"; exit 77'


def target(what, script):
    """A fuzz target of that name."""
    with open("fuzz_" + what, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + script + "\n")
    os.chmod("fuzz_" + what, stat.S_IRWXU)


def judged(script):
    """Whether a target that does this is taken for one that has held."""
    target("kept", script)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        return soak.counted("kept", 500), said.getvalue()


def a_target_that_does_its_runs_holds():
    held, said = judged(GOOD)
    with open("said", encoding="utf-8") as file:
        options = file.read().split()
    wanted = {"-runs=500", "-max_len=240", "-len_control=0",
              "-artifact_prefix=build/fuzz/kept/failed-",
              "build/fuzz/kept", "tests/fuzz/corpus/kept"}
    return held and "500 of 500 runs" in said and wanted <= set(options)


def a_target_that_fails_fails():
    held, said = judged(CRASH)
    return not held and "FAIL" in said


def a_target_that_ends_early_fails():
    held, said = judged(FEWER)
    return not held and "1 of 500 runs" in said


def every_target_is_fuzzed_by_count_or_by_time():
    os.chdir(ROOT)
    there = {f[5:-2] for f in os.listdir("tests/fuzz") if f.endswith(".c")}
    return set(soak.COUNTED) <= there and \
        set(soak.COUNTED) | set(soak.others()) == there and \
        min(soak.COUNTED[w][0] for w in ("drivers", "kept")) >= 1000000 and \
        soak.COUNTED["app_loader"][0] >= 500000


def what_it_counts_fits_its_hour():
    """At the speeds it knows, with what has no measure."""
    seconds = sum(runs / speed for runs, _, _, speed in soak.COUNTED.values())
    return seconds / 60 / soak.CORES + soak.FIXED <= 60


def the_long_runs_end_as_their_steps_do():
    soak.steps = lambda share: {"good": lambda: (2, 0, 1.0), "bad": lambda: (1, 1, 1.0)}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        good = soak.main(60, ["good"])
        bad = soak.main(60, [])
    try:
        soak.main(60, ["none"])
        refused = False
    except SystemExit as end:
        refused = "no step 'none'; there are: good bad" in str(end)
    return good == 0 and bad == 1 and refused and "3 passed, 1 failed" in said.getvalue()


def main():
    passed = failed = 0
    soak.PROGRAMS = "./fuzz_"
    with tempfile.TemporaryDirectory() as work:
        for test in (a_target_that_does_its_runs_holds, a_target_that_fails_fails,
                     a_target_that_ends_early_fails,
                     every_target_is_fuzzed_by_count_or_by_time,
                     what_it_counts_fits_its_hour, the_long_runs_end_as_their_steps_do):
            os.chdir(work)
            name = test.__name__.replace("_", " ")
            held = test()
            print(f"  {'ok   ' if held else 'FAIL '} soak: {name}")
            passed, failed = passed + held, failed + (not held)
        os.chdir(ROOT)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""The static checks: builds every board and prints one line for each check.

    python3 tools/lint/lint.py [--boards "a b"] [CHECK ...]

With FULL=1 clang-tidy follows every path as far as it ever does. The last line is
`N passed, N failed`.
"""
import argparse
import concurrent.futures
import functools
import os
import subprocess
import sys
import time

import compilers
import coverage
import image
import stack
import text

# name, check, what it is given, what to do when it fails
CHECKS = (
    ("arrows", text.arrows, "root",
     "move the code to where it may be included, or see tools/arrows.txt"),
    ("licences", text.licences, "root", "add the line"),
    ("conditionals", text.conditionals, "root",
     "a variant is a file that the board's makefile picks"),
    ("lines", text.layout, "root", "break or trim the lines"),
    ("coverage", coverage.check, "root",
     "name the test of each clause in docs/coverage.txt, then make coverage"),
    ("defects", coverage.defects, "root",
     "name the test of each defect in tests/defects.txt"),
    ("format", compilers.layout, "sources", "make format"),
    ("shell", compilers.shell, "sources", "do what shellcheck says"),
    ("headers", compilers.headers, "sources", "include what the header needs"),
    ("clang", compilers.clang, "sources", "make clang happy too"),
    ("analyzer", compilers.analyzer, "sources",
     "follow the path gcc -fanalyzer shows"),
    ("cppcheck", compilers.cppcheck, "sources", "do what cppcheck says"),
    ("tidy", compilers.tidy, "sources", "do what clang-tidy says"),
    ("audit", image.audit, "boards",
     "hand the driver what it needs, or grant it in tools/authority.txt"),
    ("registers", image.registers, "boards",
     "only arch/riscv32/trap.S may use gp and tp"),
    ("scratch", stack.scratch, "boards",
     "what a system call reaches passes six words of arguments at most"),
    ("instructions", image.instruction_set, "boards",
     "no A extension and no counter reads in the kernel"),
    ("csrs", image.csrs, "boards",
     "the ESP32-C3 has no such CSR: move it to chips/ or boards/"),
    ("pmp", image.pmp, "boards", "stay below the board's PMP entries"),
    ("gp", image.global_pointer, "boards",
     "take __global_pointer$ out of the linker script"),
    ("ram code", image.ram_code, "boards",
     "what runs while flash is busy calls and reads nothing that is in flash"),
    ("alias", image.alias, "boards",
     "give code and data of the SRAM different bytes in memory.ld"),
    ("vectors", image.vectors, "boards",
     "32 jumps of four bytes, aligned to 256: arch/riscv32/vector_table.S"),
    ("engine", image.engine, "boards", "make pic/reloc.c smaller"),
    ("stack", stack.stack, "boards", "flatten the deepest chain"),
)
MAX_LINES = 30

load = functools.lru_cache(lambda boards: compilers.load(".", boards))


def build(boards):
    """Builds every board's kernel; what make says, if it failed."""
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", "-k", "-j2", "--no-print-directory", "kernels",
         f"KERNELS={' '.join(boards)}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=environment, check=False)
    if done.returncode == 0:
        return None
    said = [line for line in done.stdout.splitlines() if not line.startswith("  ")]
    return "\n".join([f"not all of {' '.join(boards)} build:", *said])


def report(name, looked_at, problems, advice, seconds):
    """Prints one check's verdict; whether it held."""
    verdict = "FAIL" if problems else "ok  "
    print(f"  {verdict}  {name:13} {looked_at} ({seconds:.1f} s)")
    if problems:
        lines = "\n".join(problems).splitlines()
        for line in lines[:MAX_LINES]:
            print(f"        {line}")
        if len(lines) > MAX_LINES:
            print(f"        ... and {len(lines) - MAX_LINES} more lines")
        print(f"        to fix it: {advice}")
    sys.stdout.flush()
    return not problems


def judge(check, given):
    """Makes one check: what it looked at, its problems, how long it took."""
    began = time.monotonic()
    try:
        looked_at, problems = check[1](*given[check[2]]())
    except (subprocess.CalledProcessError, OSError) as error:
        looked_at, problems = "", [f"could not be made: {error}"]
    return looked_at, problems, time.monotonic() - began


def judge_all(checks, given):
    """Makes the checks, in order: those of sources, which keep both cores busy with
    compilers, beside those that read images, which keep one busy with Python."""
    with concurrent.futures.ThreadPoolExecutor(1) as compiling, \
            concurrent.futures.ThreadPoolExecutor(1) as reading:
        made = [(compiling if check[2] == "sources" else reading).submit(
            judge, check, given) for check in checks]
        for check, result in zip(checks, made):
            looked_at, problems, seconds = result.result()
            yield report(check[0], looked_at, problems, check[3], seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--boards", default="qemu-virt hifive1-revb")
    parser.add_argument("checks", nargs="*")
    arguments = parser.parse_args()
    boards = tuple(arguments.boards.split())
    checks = [c for c in CHECKS if not arguments.checks or c[0] in arguments.checks]
    if not checks:
        sys.exit("no such check; there are: " + " ".join(c[0] for c in CHECKS))
    trouble = build(boards) if any(c[2] != "root" for c in checks) else None
    held = [] if trouble is None else [report("build", "", [trouble], "see above", 0)]
    given = {"root": lambda: (".",), "boards": lambda: (".", boards),
             "sources": lambda: (load(boards),)}
    held += judge_all(checks, given)
    print(f"{sum(held)} passed, {len(held) - sum(held)} failed")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())

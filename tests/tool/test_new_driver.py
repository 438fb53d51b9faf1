#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make new-driver: what it makes compiles without a warning for the target and
the host, is laid out as it has to be, and passes the test that comes with it."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

CROSS = os.environ.get("CROSS", "riscv64-unknown-elf-")


def run(*command):
    """What it says, and whether it succeeded."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout, done.returncode == 0


def make_variable(path, name):
    """The words of a variable of a makefile that refers to no other."""
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    return re.search(rf"^{name} := (.*)$", text, re.M)[1].split()


WARNINGS = make_variable("tools/flags.mk", "WARNINGS")
FILES = ("drivers/tick.h", "drivers/tick.c", "tests/unit/test_tick.c")


def tree():
    root = tempfile.mkdtemp()
    os.makedirs(f"{root}/drivers")
    os.makedirs(f"{root}/tests/unit")
    return root


def new_driver(root, name="tick", number="0x80000123"):
    return run("tools/new-driver/make", name, number, root)


def a_new_driver_passes_its_test(root):
    said, made = new_driver(root)
    if not made:
        return said
    said, built = run(
        "gcc", "-std=c17", "-D_GNU_SOURCE", "-g", *WARNINGS, "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all", "-DDRIVER_INDEX_BITS=4", "-Itests/include",
        f"-I{root}", "-I.", "-Iinclude", "-Iarch/riscv32/include", "-o", f"{root}/test",
        f"{root}/drivers/tick.c", f"{root}/tests/unit/test_tick.c",
        "tests/fake/kernel.c", "-lcmocka")
    if not built:
        return said
    said, passed = run(f"{root}/test")
    if not passed or len(re.findall(r"\[       OK \]", said)) < 3:
        return said
    return ""


def it_compiles_for_the_target(root):
    new_driver(root)
    return run(CROSS + "gcc", "-std=c17", "-Os", "-march=rv32imc", "-mabi=ilp32",
               "-ffreestanding", *WARNINGS, f"-I{root}", "-I.", "-Iinclude",
               "-c", "-o", f"{root}/tick.o", f"{root}/drivers/tick.c")[0]


def it_is_laid_out_as_all_is(root):
    new_driver(root)
    return run("clang-format", "--style=file:.clang-format", "--dry-run", "-Werror",
               *(f"{root}/{f}" for f in FILES))[0]


def it_says_what_to_do_next(root):
    said, _ = new_driver(root)
    wanted = ("{ DRIVER_TICK, &tick_ops, &tick, &tick.grant },", "tick_init(&tick);",
              "BOARD_SOURCES", "tools/authority.txt", *FILES)
    return "".join(f"no {w} in:\n{said}" for w in wanted if w not in said)


def nothing_is_written_over(root):
    new_driver(root)
    with open(f"{root}/drivers/tick.c", "w", encoding="utf-8") as file:
        file.write("mine")
    said, made = new_driver(root)
    with open(f"{root}/drivers/tick.c", encoding="utf-8") as file:
        kept = file.read() == "mine"
    return "" if kept and not made and "already" in said else said


def names_and_numbers_without_sense_are_refused(root):
    for name, number in (("", "0x80000123"), ("Tick", "0x80000123"),
                         ("1tick", "0x80000123"), ("../tick", "0x80000123"),
                         ("a-b", "0x80000123"), ("t" * 25, "0x80000123"),
                         ("tick", "12"), ("tick", "0x"), ("tick", "0x1ffffffff"),
                         ("tick", "0x1g"), ("tick", "0x2"), ("tick", "0x00002")):
        said, made = new_driver(root, name, number)
        if made or not said.startswith("new-driver: "):
            return f"{name} {number}: {said}"
    return "" if not os.listdir(f"{root}/drivers") else "something was made"


def main():
    passed = failed = 0
    for test in (a_new_driver_passes_its_test, it_compiles_for_the_target,
                 it_is_laid_out_as_all_is, it_says_what_to_do_next,
                 nothing_is_written_over,
                 names_and_numbers_without_sense_are_refused):
        root = tree()
        why = test(root)
        shutil.rmtree(root)
        name = test.__name__.replace("_", " ")
        print(f"  FAIL  new-driver: {name}\n{why}" if why
              else f"  ok    new-driver: {name}")
        passed, failed = passed + (not why), failed + bool(why)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

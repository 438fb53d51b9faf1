# SPDX-License-Identifier: Apache-2.0
"""The documents hold: the example driver compiles and passes its own test, and
every file that a document links to or names is there."""
import glob
import os
import re
import subprocess
import sys
import tempfile

EXAMPLE = "docs/writing-a-driver.md"
SOURCE = re.compile(r"```c\n(.*?)```", re.S)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
# Paths in backquotes; a star stands for anything, a word in <> is a place.
PATH = re.compile(r"`((?:apps|arch|boards|chips|docs|drivers|include|kernel|linker"
                  r"|loader|pic|tests|tools)/[\w./*-]*)`")
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wpedantic", "-Wshadow",
            "-Wconversion", "-Wsign-conversion", "-Wmissing-prototypes"]
INCLUDES = ["-Itests/include", "-I.", "-Iinclude", "-Iarch/riscv32/include"]


def documents():
    return sorted(["README.md", *glob.glob("docs/**/*.md", recursive=True)])


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def example_passes_its_test():
    """The three listings of the driver's page, built and run."""
    names = ["drivers/tally.h", "drivers/tally.c", "test_tally.c"]
    listings = SOURCE.findall(read(EXAMPLE))
    if len(listings) != len(names):
        return f"{EXAMPLE} has {len(listings)} listings, not {len(names)}"
    with tempfile.TemporaryDirectory() as work:
        os.mkdir(os.path.join(work, "drivers"))
        paths = [os.path.join(work, name) for name in names]
        for path, listing in zip(paths, listings):
            with open(path, "w", encoding="utf-8") as file:
                file.write(listing)
        program = os.path.join(work, "test")
        build = ["gcc", "-std=c17", "-g", "-D_GNU_SOURCE", *WARNINGS,
                 "-fsanitize=address,undefined", f"-I{work}", *INCLUDES,
                 *paths[1:], "tests/fake/kernel.c", "-lcmocka", "-o", program]
        for command in (build, [program]):
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                return done.stdout
    return None


def links_lead_somewhere():
    """Links are relative to the document that has them."""
    gone = [f"{path}: {link}" for path in documents()
            for link in LINK.findall(read(path))
            if not os.path.exists(os.path.join(os.path.dirname(path), link))]
    return "\n".join(gone) or None


def files_that_are_named_exist():
    """In backquotes, from the root of the tree; not those of the example."""
    gone = [f"{path}: {name}" for path in documents()
            for name in PATH.findall(read(path))
            if "tally" not in name and not glob.glob(name)]
    return "\n".join(gone) or None


def main():
    passed = failed = 0
    for test in (example_passes_its_test, links_lead_somewhere,
                 files_that_are_named_exist):
        why = test()
        name = test.__name__.replace("_", " ")
        print(f"  FAIL  docs: {name}\n{why}" if why else f"  ok    docs: {name}")
        passed, failed = passed + (not why), failed + bool(why)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints compile_commands.json: how each C file is compiled, as make says.

    tools/compile_commands.py [BOARD ...]

Asks make what it would run to build everything anew. A file that several
boards compile is listed once, for the first of them.
"""
import glob
import json
import os
import shlex
import subprocess
import sys

TARGETS = ("build/berth", "unit", "prop")
APPS = ("apps/*/main.c", "tests/sys/apps/*.c", "tests/sys/attacks/*.c",
        "tests/bench/*.c")


def app_targets(board):
    """Every app, linked for slot 0."""
    for path in (p for pattern in APPS for p in glob.glob(pattern)):
        name = path.split("/")[1] if path.endswith("/main.c") else path
        name = os.path.basename(name).removesuffix(".c")
        yield f"build/{board}/apps/{name}.0.elf"


def commands_of(board, targets):
    """(source, arguments) of each compilation for these targets."""
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    made = subprocess.run(
        ["make", "-nkB", "--no-print-directory", f"BOARD={board}",
         *targets],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment, check=False)
    if " -c " not in made.stdout:
        sys.exit(f"make has nothing to say about {board}:\n{made.stderr}")
    for line in made.stdout.replace("\\\n", " ").splitlines():
        if " -c " not in line:
            continue
        try:
            words = shlex.split(line)
        except ValueError:
            continue
        # What lies in build/ is not ours (tools/bearssl).
        sources = [w for w in words if w.endswith(".c") and os.path.isfile(w)
                   and not w.startswith("build/")]
        if "-c" in words and len(sources) == 1 and "gcc" in words[0]:
            yield sources[0], words


def main(boards):
    listed = {}
    for board in boards:
        targets = ["kernel"]
        if board == boards[0]:  # the rest is the same for every board
            targets += [*TARGETS, *app_targets(board)]
        for source, words in commands_of(board, targets):
            listed.setdefault(source, words)
    json.dump([{"directory": os.getcwd(), "file": source, "arguments": words}
               for source, words in sorted(listed.items())],
              sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[1:] or ["qemu-virt"])

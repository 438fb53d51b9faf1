# SPDX-License-Identifier: Apache-2.0
"""Programs of tests/pic/corpus, run wherever they may come to lie: what they
print at fixed addresses, the reference, is what they have to print elsewhere.

A boot holds up to eight copies of one binary, at offsets of flash chosen at
random and so at eight RAM bases. Lines of different copies mix; each line has to
come as often as there are copies.
"""
import collections
import glob
import os
import random
import re
import subprocess
import time

import objects
from harness import Failed, Machine, setting

BOARD = "qemu-virt"
POOL = 256 * 1024
FLASH_BASE = 0x22000000
SEED = int(os.environ.get("SEED", "1"))
PLACES = 8
LINE = 70
NOT_RUN = ("refused_packed",)
# The reference has one slot, which is as large as the board.
REFERENCE = ("B=build/reference", "APP_FLASH_STRIDE=0x100000", "APP_RAM_STRIDE=0x40000")
PROMPT = re.compile(r"^(berth\$ ?|\x1b\[K)*")


class Way:
    """A compiler with options."""

    def __init__(self, cc, optimize, model, relax):
        self.name = f"{cc}-{optimize}-{model.replace(' ', '')}-{'relax' if relax else 'norelax'}"
        self.folder = f"build/ways/{self.name}".replace("=", "")
        compiler = "riscv64-unknown-elf-gcc" if cc == "gcc" else "clang"
        self.settings = (f"A={self.folder}", f"APP_CC={compiler}", f"APP_OPTIMIZE=-{optimize}",
                         f"APP_MODEL={model}{'' if relax else ' -mno-relax'}")


def ways():
    models = ("-fPIC", "-fPIE", "-fno-pic -mcmodel=medany", "-fno-pic -mcmodel=medlow")
    return [Way(cc, optimize, model, relax) for cc in ("gcc", "clang")
            for optimize in ("O0", "Os", "O2") for model in models
            for relax in (True, False)]


def programs():
    found = (os.path.basename(p).split(".")[0]
             for p in glob.glob("tests/pic/corpus/*.*") if not p.endswith(".mk"))
    return sorted(p for p in found if p not in NOT_RUN)


def make(*arguments):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "--no-print-directory", f"BOARD={BOARD}", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment, check=False)
    if done.returncode:
        raise Failed(f"make {' '.join(arguments)}:\n{done.stdout[-1500:]}")


def lines_of(output):
    """What apps have printed, line by line."""
    lines = (PROMPT.sub("", line).strip() for line in output.splitlines())
    return [line for line in lines if line and not line.startswith("[")]


def settled(machine):
    """Waits until nothing more is printed: what is typed breaks up lines."""
    length, quiet = -1, 0
    while quiet < 4:
        quiet = quiet + 1 if len(machine.output) == length else 0
        length = len(machine.output)
        time.sleep(0.1)


def ended(machine, count):
    """Waits until that many apps have run to their end."""
    machine.expect(r"berth\$")
    while True:
        settled(machine)
        machine.type("list")
        machine.expect(r"State\r")
        rows = [machine.expect(r"^ \d+ +\S+ +\S+ .*?(\w+)\s*\r")[1] for _ in range(count)]
        if "Faulted" in rows:
            raise Failed("an app faulted")
        if all(row == "Terminated" for row in rows):
            return


def print_of(image, count):
    """The lines that the apps of an image print, until all have ended."""
    with Machine(BOARD, image, extra=(), timeout=120) as machine:
        ended(machine, count)
        output = machine.output
    text = [line for line in lines_of(output)
            if not re.match(r"l(i(st?)?)?$|PID |\d+ +Unique", line)]
    if "not started" in output:
        raise Failed(re.search(r".*not started.*", output)[0])
    return collections.Counter(text)  # of the echo only pieces of `list`


def references(names):
    """name: the lines it prints at fixed addresses."""
    paths = [f"build/reference/apps/{n}.0.tbf" for n in names]
    make(*REFERENCE, *paths)
    found = {}
    for name, path in zip(names, paths):
        image = f"build/reference/{name}.img"
        with open(path, "rb") as file:
            objects.write_chain(BOARD, image, [file.read()])
        found[name] = print_of(image, 1)
        os.remove(image)
        if not found[name]:
            raise Failed(f"{name} prints nothing")
    return found


def ram_of(tbf):
    """What its process needs, record included."""
    return objects.Object(tbf).word(objects.Object(tbf).tlv(objects.PROGRAM) + 8) + 512


def flash_alignment(tbf):
    """What its descriptor asks for."""
    o = objects.Object(tbf)
    at = o.word(o.tlv(objects.RELOCATION) + 4)
    return o.word(at + 4 * objects.FLASH_ALIGNMENT)


def gap(rng, at, tbf):
    """Padding of a random size, so that the binary lies at its alignment."""
    header = objects.Object(tbf).half(2)
    size = 16 + 4 * rng.randrange(200)
    while (at + size + header) % flash_alignment(tbf):
        size += 4
    return objects.padding(size)


def scattered(path, image, rng, alone):
    """An image of as many copies of it as can run, or of one; how many."""
    with open(path, "rb") as file:
        tbf = file.read()
    count = 1 if alone else max(1, min(PLACES, POOL // ram_of(tbf)))
    chain, at = [], FLASH_BASE
    for _ in range(count):
        for data in (gap(rng, at, tbf), tbf):
            chain.append(data)
            at += len(data)
    objects.write_chain(BOARD, image, chain)
    return count


def compare(name, expected, found, count):
    wanted = collections.Counter({line: n * count for line, n in expected.items()})
    if found != wanted:
        more, less = found - wanted, wanted - found
        raise Failed(f"{name}: {count} copies print {dict(list(more.items())[:5])} more "
                     f"and {dict(list(less.items())[:5])} less than they should")


def everywhere(folder, names, expected, seed):
    """Each program at eight random places against its reference."""
    trouble = []
    for name in names:
        rng = random.Random(f"{seed} {folder} {name}")
        image = f"{folder}/{name}.img"
        # A line that the app writes in two pieces would be broken up by others'.
        alone = max(map(len, expected[name])) >= LINE
        try:
            places = 0
            while places < PLACES:
                count = scattered(f"{folder}/{name}.tbf", image, rng, alone)
                compare(name, expected[name], print_of(image, count), count)
                places += count
            os.remove(image)
        except Failed as why:
            trouble.append(str(why))
    if trouble:
        raise Failed("\n".join(trouble))


def packed(folder, names, expected, rng):
    """An image of a random set of them without a byte between; the names in it."""
    taken, chain, left, at = [], [], POOL, FLASH_BASE
    for name in rng.sample(names, len(names)):
        if max(map(len, expected[name])) >= LINE:
            continue  # its lines would be broken up
        with open(f"{folder}/{name}.tbf", "rb") as file:
            tbf = file.read()
        if (ram_of(tbf) > left or len(taken) == 8
                or (at + objects.Object(tbf).half(2)) % flash_alignment(tbf)):
            continue
        taken.append(name)
        chain.append(tbf)
        left -= ram_of(tbf)
        at += len(tbf)
    image = f"{folder}/packed.img"
    objects.write_chain(BOARD, image, chain)
    return image, taken


def runs_packed(folder, names, expected, seeds):
    """Sets of mixed sizes back to back: all of each set run as they should."""
    for seed in seeds:
        image, taken = packed(folder, names, expected, random.Random(seed))
        if len(taken) < 3:
            raise Failed(f"seed {seed}: only {taken} fit")
        wanted = sum((expected[n] for n in taken), collections.Counter())
        compare(f"seed {seed}: {' '.join(taken)}", wanted, print_of(image, len(taken)), 1)
        os.remove(image)


assert setting(BOARD, "APPS_BASE") == hex(FLASH_BASE)

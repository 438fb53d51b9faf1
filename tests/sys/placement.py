# SPDX-License-Identifier: Apache-2.0
"""Programs of tests/pic/corpus, run wherever they may come to lie: what they
print at fixed addresses, the reference, is what they have to print elsewhere.

A boot holds up to eight copies of one binary, at offsets of flash chosen at
random and so at eight RAM bases. Each copy has to say the same, byte by byte, and
to come to its end: tests/pic/said.c marks which bytes are whose.
"""
import collections
import glob
import os
import random
import re
import subprocess
import tempfile
import threading

import objects
from harness import Failed, Machine, setting

BOARD = "qemu-virt"
POOL = 256 * 1024
FLASH_BASE = 0x22000000
SEED = int(os.environ.get("SEED", "1"))
MAKING = threading.Lock()
ASKED, SAID = {}, {}  # references, by name: who asks, and what it said
PLACES = 8
SURPLUS = 1024
NOT_RUN = ("refused_packed",)
# The reference has one slot, which is as large as the board.
REFERENCE = ("B=build/reference", "APP_FLASH_STRIDE=0x100000", "APP_RAM_STRIDE=0x40000")


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
    """One at a time: tests run side by side and want the same files."""
    with MAKING:
        make_alone(*arguments)


def make_alone(*arguments):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-j2", "--no-print-directory", f"BOARD={BOARD}", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment, check=False)
    if done.returncode:
        raise Failed(f"make {' '.join(arguments)}:\n{done.stdout[-1500:]}")


RECORD = re.compile(r"<(\w+)@([0-9a-f]{8})(?::([0-9a-f]*)|\.)>")


def said_in(output):
    """What each copy of a program has said: {(name, address): bytes}; and those
    that have come to their end."""
    said, ended = collections.defaultdict(bytes), set()
    for name, address, data in RECORD.findall(output):
        if data:
            said[name, address] += bytes.fromhex(data)
        else:
            ended.add((name, address))
    return said, ended


def said_by(chain, count):
    """What the apps of a flash say, a list of (name, bytes) in order, when all of
    them have ended. Of a run that fails the image stays."""
    handle, image = tempfile.mkstemp(".img", "placement-", "build")
    os.close(handle)
    objects.write_chain(BOARD, image, chain)
    try:
        said = said_of(image, count)
    except Failed as why:
        raise Failed(f"{image}: {why}") from None
    os.remove(image)
    return said


def said_of(image, count):
    with Machine(BOARD, image, extra=(), timeout=120) as machine:
        machine.give_up = r"faulted|not started|KERNEL PANIC END"
        for _ in range(count):
            machine.expect(r"<\w+@[0-9a-f]{8}\.>")
        output = machine.output
    said, ended = said_in(output)
    if len(ended) != count:
        raise Failed(f"{len(ended)} programs have ended, not {count}")
    return sorted((name, said[name, address]) for name, address in ended)


def references(names):
    """name: what it says at fixed addresses."""
    make(*REFERENCE, *[f"build/reference/apps/{n}.0.tbf" for n in names])
    # Tests side by side want the same ones: each begins elsewhere.
    return {name: reference(name) for name in random.sample(names, len(names))}


def reference(name):
    """The same of one that is built; it is asked once in a run."""
    with ASKED.setdefault(name, threading.Lock()):
        if name not in SAID:
            with open(f"build/reference/apps/{name}.0.tbf", "rb") as file:
                [(_, SAID[name])] = said_by([file.read()], 1)
        if not SAID[name]:
            raise Failed(f"{name} says nothing")
        return SAID[name]


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


def roomier(tbf, rng):
    """The same with some more RAM, so that what comes behind it lies elsewhere."""
    o = objects.Object(bytearray(tbf))
    at = o.tlv(objects.PROGRAM) + 8
    o.set_word(at, o.word(at) + 4 * rng.randrange(SURPLUS // 4))
    o.seal()
    return bytes(o.data)


def spacer(rng, ram):
    """An app that ends at once, for its RAM."""
    return objects.make("spacer", objects.END, ram=16 + 4 * rng.randrange(ram // 4))


def scattered(path, rng):
    """A flash of as many copies of it as can run, at most eight; how many."""
    with open(path, "rb") as file:
        tbf = file.read()
    count = min(PLACES, (POOL - SURPLUS) // (ram_of(tbf) + SURPLUS))
    chain, at = [], FLASH_BASE
    if count < PLACES:
        chain.append(spacer(rng, SURPLUS))
        at += len(chain[0])
    for _ in range(count):
        for data in (gap(rng, at, tbf), roomier(tbf, rng)):
            chain.append(data)
            at += len(data)
    return chain, count


def compare(what, wanted, found):
    """Both are lists of (name, bytes) in order."""
    for (name, right), (_, said) in zip(wanted, found):
        if said != right:
            at = len(os.path.commonprefix([said, right]))
            raise Failed(f"{what}: {name} says {said[at:at + 60]!r} at byte {at}, "
                         f"not {right[at:at + 60]!r}")
    if [name for name, _ in wanted] != [name for name, _ in found]:
        raise Failed(f"{what}: these ran: {[name for name, _ in found]}")


def everywhere(folder, names, expected, seed):
    """Each program at eight random places against its reference."""
    trouble = []
    for name in names:
        rng = random.Random(f"{seed} {folder} {name}")
        try:
            places = 0
            while places < PLACES:
                chain, count = scattered(f"{folder}/{name}.tbf", rng)
                compare(f"{folder}, {count} copies", [(name, expected[name])] * count,
                        said_by(chain, count))
                places += count
        except Failed as why:
            trouble.append(str(why))
    if trouble:
        raise Failed("\n".join(trouble))


def packed(folder, names, expected, rng):
    """A flash of a random set of them without a byte between; the names in it."""
    taken, chain, left, at = [], [], POOL, FLASH_BASE
    for name in rng.sample(names, len(names)):
        with open(f"{folder}/{name}.tbf", "rb") as file:
            tbf = file.read()
        if (ram_of(tbf) > left or len(taken) == 8
                or (at + objects.Object(tbf).half(2)) % flash_alignment(tbf)):
            continue
        taken.append(name)
        chain.append(tbf)
        left -= ram_of(tbf)
        at += len(tbf)
    return chain, taken


def runs_packed(folder, names, expected, seeds):
    """Sets of mixed sizes back to back: all of each set run as they should."""
    for seed in seeds:
        chain, taken = packed(folder, names, expected, random.Random(seed))
        if len(taken) < 3:
            raise Failed(f"seed {seed}: only {taken} fit")
        compare(f"seed {seed}", sorted((n, expected[n]) for n in taken),
                said_by(chain, len(taken)))


assert setting(BOARD, "APPS_BASE") == hex(FLASH_BASE)

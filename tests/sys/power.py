# SPDX-License-Identifier: Apache-2.0
"""Power cuts in a running system: the app churn installs, removes and compacts,
the machine goes away in the middle of it, and the same flash is booted again. In
QEMU that is a SIGKILL at a random moment, on the machine model a cut inside a
program or erase, of which a part has taken effect.

After each boot: every app of the image is there byte for byte and runs, each app
that churn had installed is whole, and nothing is half there.

What is installed says the store, through churn, which lists it as it begins.
Flash alone does not: an app that is complete but not committed reads there like
any other, and the next install takes its place."""
import os
import random
import re
import struct
import subprocess
import time

import harness
from harness import Failed

LOOKED_AT = 1 << 20  # as much flash as is ever in use
APPS = ["witness", "churn"]
OPERATIONS = 12000   # of flash, in what a cut is drawn from
FIRST_LIFE_MS = 950  # churn changes nothing before
TRIES = 20           # until a machine is looked at before churn changes anything
HEADER, CODE = 56, 36  # of what churn installs (tests/sys/apps/payload.h)
IDS = range(0x700, 0x706)


def checksum(header):
    total = 0
    for (word,) in struct.iter_unpack("<I", header):
        total ^= word
    return total


def objects(flash):
    """The apps of the chain, as other tools walk it."""
    found, at = [], 0
    while flash[at:at + 2] == b"\2\0":
        header, total = struct.unpack_from("<HI", flash, at + 2)
        if total < 16 or total % 4 or at + total > len(flash):
            raise Failed(f"the chain ends at 0x{at:x}: total size {total}")
        if 16 < header <= total and checksum(flash[at:at + header // 4 * 4]) == 0:
            found.append(flash[at:at + total])
        at += total
    return found


def payload_of(data):
    """(ShortId, version) of what churn installs, None of other apps."""
    if len(data) < HEADER + CODE or data[48:52] != b"\x0a\0\4\0":
        return None
    return struct.unpack_from("<I", data, 52)[0], struct.unpack_from("<I", data, 36)[0]


def filler():
    """A disabled app that was never run and is larger than all that moves when
    it goes: QEMU goes on with what it has translated where flash has changed."""
    size = 24 << 10
    header = struct.pack("<HHIIIHHIIIHH6s2x", 2, 44, size, 0, 0, 1, 12, 0, 0, 0,
                         3, 6, b"filler")
    header = header[:12] + struct.pack("<I", checksum(header)) + header[16:]
    return header + random.Random(size).randbytes(size - len(header))


def image_write(board, path, apps):
    """The filler, those apps, and erased flash."""
    parts = [filler()]
    for file in harness.tbfs(board, apps):
        with open(file, "rb") as tbf:
            parts.append(tbf.read())
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"".join(parts))
        file.write(b"\xff" * (2 * LOOKED_AT - file.tell()))
        file.truncate(int(harness.setting(board, "APPS_SIZE")))
    return parts


class Flash:
    """A flash image and what has to be in it."""

    def __init__(self, board, path, apps):
        self.board, self.path, self.names = board, path, apps
        self.begin()

    def begin(self):
        """Anew, as it leaves the factory."""
        parts = image_write(self.board, self.path, self.names)
        self.apps = dict(zip(["filler", *self.names], parts))
        self.installed = set()  # by churn, for sure
        self.said = []          # in each life so far

    def note(self, output):
        """What the console says that churn has done."""
        self.said.append(output)
        for line in re.findall(r"churn: (?:removes|removed|installed)[^\r\n]*", output):
            done = re.match(r"churn: installed (\w+) (\d+): 0$", line)
            gone = re.match(r"churn: removes (\w+) (\d+)", line)
            if done:
                self.installed.add((int(done[1], 16), int(done[2])))
            if gone:
                self.installed.discard((int(gone[1], 16), int(gone[2])))

    def check(self, output):
        """At rest, after a boot that has said that."""
        with open(self.path, "rb") as file:
            found = objects(file.read(LOOKED_AT))
        for name, data in self.apps.items():
            if found.count(data) != 1 and name != "filler":
                raise Failed(f"{name} is there {found.count(data)} times")
        there = set()
        for data in found:
            key = payload_of(data)
            if key is None or key[0] not in IDS:
                if data not in self.apps.values():
                    raise Failed(f"an app nobody installed: {data[:64].hex()}")
                continue
            start = (HEADER + CODE) // 4
            wanted = b"".join(struct.pack("<I", (i * 0x01010101 + key[1]) & 0xFFFFFFFF)
                              for i in range(start, len(data) // 4))
            if data[4 * start:] != wanted:
                raise Failed(f"app {key} is damaged")
            there.add(key)
        has = {(int(short_id, 16), int(version)) for short_id, version in
               re.findall(r"churn: has (\w+) (\d+)\r?\n", output)}
        lost = (self.installed | has) - there or self.installed - has
        if lost:
            raise Failed(f"lost: {sorted(lost)}")
        if len(there - has) > 1:  # the one that was not committed
            raise Failed(f"there, but not installed: {sorted(there - has)}")
        self.installed = has

    def keep(self, path):
        """For who looks for the reason: what flash holds, what was said."""
        os.replace(self.path, path)  # the journal lies at its end
        with open(path + ".txt", "w", encoding="utf-8") as to:
            for life, said in enumerate(self.said):
                to.write(f"==== life {life}\n{said}\n")


def look_at(output):
    """What a boot may not say."""
    said = re.search(r"(witness|churn) at 0x\w+ not started|app flash failed|"
                     r"KERNEL PANIC|cannot be found", output)
    if said:
        raise Failed(f"{said[0]!r}: {output[-1500:]}")


def life(flash, seconds=0.0, is_witnessed=False):
    """One in QEMU, whose idle time here passes as on the wall; all that it said.
    What begins to change flash has been said by then, for it waits for that."""
    with harness.Machine(flash.board, flash.path, harness.IDLE, timeout=60) as m:
        m.expect("churn: begins")
        if is_witnessed:
            m.expect(r"witness: \d+ periods, \d+ missed")
        time.sleep(seconds)
        m.kill()
        look_at(m.output)
        flash.note(m.output)
        return m.output


def at_rest(flash):
    """What the latest cut has left is looked at when the store has finished it and
    churn has not gone on. Who comes too late to see that has made one more cut."""
    for _ in range(TRIES):
        output = life(flash)
        if not re.search(r"churn: (remove|compacts)", output):
            flash.check(output)
            return
    raise Failed("this machine is too slow to stop one before churn goes on")


def killed(flash, cuts, chance):
    """At some time while churn is at work."""
    for cut in range(cuts + 1):
        if cut % 4 == 0:  # again with a gap in front of all apps
            flash.begin()
        at_rest(flash)
        life(flash, chance.uniform(0.2, 1.2 if cut % 4 else 2.5), cut != 0)


def model(flash, *options):
    done = subprocess.run(
        ["build/berth-sim", "--pace", "fast", "--flash", flash.path, *options, "--",
         flash.board, f"build/{flash.board}/kernel.elf"], text=True, timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
        stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout


def torn(flash, cuts, chance):
    """On the machine model: inside an operation of the flash."""
    for cut in range(cuts):
        if cut % 4 == 0:
            flash.begin()
        at = chance.randrange(OPERATIONS if cut % 2 else OPERATIONS // 4) + 1
        status, output = model(flash, "--cut", f"{at}:torn", "--seed",
                               str(chance.randrange(1 << 30)), "--max-time", "60000")
        if status != 123:
            raise Failed(f"no cut at {at}: {output[-500:]}")
        flash.note(output)
        _, output = model(flash, "--max-time", str(FIRST_LIFE_MS))
        if "churn: begins" not in output or "witness: 50 periods" not in output:
            raise Failed(f"cut at {at}: the apps do not run: {output[-1500:]}")
        look_at(output)
        flash.check(output)


def cuts_survived(board, cuts, seed=None):
    """All of it; the image of a failure is kept."""
    seed = random.randrange(1 << 32) if seed is None else seed
    kind = torn if harness.ON == "sim" else killed
    path = f"build/{board}/{harness.ON}-power-{seed}.img"
    flash = Flash(board, path, APPS)
    try:
        kind(flash, cuts, random.Random(seed))
    except Failed as failure:
        kept = path + ".failed"
        flash.keep(kept)
        raise Failed(f"seed {seed}, image {kept}: {failure}") from None
    finally:
        if os.path.exists(path):
            os.remove(path)

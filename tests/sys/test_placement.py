# SPDX-License-Identifier: Apache-2.0
"""Apps lie anywhere: the corpus of position independence run at random places, a
slice of it; soak_placement.py is all of it. SEED=n for another slice."""
import random

import objects
import placement
from harness import Failed, boot
from gdb import Gdb, listen

STARTS = 100


@boot(boards=["virt"], timeout=60)
def every_program_prints_the_same_wherever_it_lies(_m):
    names = placement.programs()
    placement.make(*[f"build/apps/{n}.tbf" for n in names])
    placement.everywhere("build/apps", names, placement.references(names), placement.SEED)


@boot(boards=["virt"], timeout=60)
def so_it_does_whatever_compiled_it(_m):
    rng = random.Random(placement.SEED)
    for way in rng.sample(placement.ways(), 4):
        names = rng.sample(placement.programs(), 4)
        placement.make(*way.settings, *[f"{way.folder}/{n}.tbf" for n in names])
        placement.everywhere(way.folder, names, placement.references(names),
                             placement.SEED)


@boot(boards=["virt"], timeout=60)
def sets_of_apps_run_packed_back_to_back(_m):
    names = placement.programs()
    placement.make(*[f"build/apps/{n}.tbf" for n in names])
    placement.runs_packed("build/apps", names, placement.references(names),
                          range(placement.SEED, placement.SEED + 20))


@boot(boards=["virt"], timeout=60)
def a_table_that_lacks_its_words_is_noticed(_m):
    """That the comparison above can fail."""
    names = ["string_tables"]
    placement.make("build/apps/string_tables.tbf")
    expected = placement.references(names)
    with open("build/apps/string_tables.tbf", "rb") as file:
        o = objects.Object(bytearray(file.read()))
    descriptor = o.word(o.tlv(objects.RELOCATION) + 4)
    o.set_word(descriptor + 4 * objects.TABLE_LENGTH, 0)
    try:
        found = placement.said_by([bytes(o.data)], 1)
    except Failed:
        return
    if found[0][1] == expected["string_tables"]:
        raise Failed("it says the same without its addresses")


def flash_of(gdb, length):
    """The first bytes of app flash."""
    data = b""
    while len(data) < length:
        answer = gdb.ask(f"m{placement.FLASH_BASE + len(data):x},{min(512, length - len(data)):x}")
        data += bytes.fromhex(answer)
    return data


@boot("vtables", "hello", boards=["virt"], timeout=200,
      extra=listen("flash"))
def flash_is_the_same_after_a_hundred_starts(m):
    m.expect(r"Hello")
    with Gdb("flash") as gdb:
        before = flash_of(gdb, 8192)
    bases = set()
    for _ in range(STARTS):
        m.until_listed("vtables", "Terminated")
        m.type("process vtables")
        bases.add(m.expect(r"^  0x([0-9A-F]{8}) 0x[0-9A-F]{8} rw- Stack")[1])
        m.type("boot vtables")
    m.until_listed("vtables", "Terminated")
    with Gdb("flash") as gdb:
        after = flash_of(gdb, 8192)
    if before != after:
        raise Failed("flash has changed")
    if len(bases) < 5:
        raise Failed(f"only at {bases}")

# SPDX-License-Identifier: Apache-2.0
"""Apps that lie anywhere, as the kernel sees them: objects made by hand, without
any tool of ours."""
import re

import objects
from harness import Failed, boot
from objects import (END, FLASH_LINK, PRINT_A2, RAM_LINK, change, loads, make,
                     movable, moves, prints)
from test_loading import chain

GP, TP, SP = 3, 4, 2
# Nothing runs but for a moment: in virtual time QEMU 7.2 may not notice then that
# something is typed.
REAL_TIME = ()


def tells():
    """Prints two relocated words, one that is not, two of bss, and sp, gp, tp;
    before that a0 to a3 as they were at the start."""
    keep = b"".join(objects.words((10 + n) << 15 | (18 + n) << 7 | 0x13)
                    for n in range(4))  # s2 to s5
    start = b"".join(moves(2, 18 + n) + PRINT_A2 for n in range(4))
    data = b"".join(loads(2, GP, 4 * n) + PRINT_A2 for n in range(5))
    return (keep + start + data + moves(2, SP) + PRINT_A2 + moves(2, GP)
            + PRINT_A2 + moves(2, TP) + PRINT_A2 + END)


def printed(m, count):
    """The next numbers of one app alone."""
    return [int(m.expect(r"LowLevelDebug: App 0x[0-9a-f]+ prints 0x([0-9a-f]+)\s")[1], 16)
            for _ in range(count)]


DATA = (FLASH_LINK + 4, RAM_LINK + 0x40, 0x12345678)


def told_right(m, stack=64, bss=16):
    """Judges what tells() printed; the RAM start."""
    (a0, a1, a2, a3, flash, ram, plain, bss0, bss1, sp, gp, tp) = printed(m, 12)
    for what, found, wanted in (
            ("flash word", flash, a0 + 4), ("RAM word", ram, a1 + 0x40),
            ("plain word", plain, 0x12345678), ("bss", bss0 | bss1, 0),
            ("sp", sp, a1 + stack), ("gp", gp, a1 + stack),
            ("tp", tp, a1 + stack), ("break", a3, a1 + stack + 12 + bss)):
        if found != wanted:
            raise Failed(f"{what} is {found:#x}, not {wanted:#x}")
    if a1 % 16 or a2 < a3 - a1:
        raise Failed(f"RAM at {a1:#x}, {a2:#x} bytes")
    return a1


@boot(timeout=60, extra=REAL_TIME, prepare=chain(movable("one", tells(), DATA, (0, 4))))
def an_app_that_moves_finds_all_prepared(m):
    told_right(m)


@boot(timeout=60, extra=REAL_TIME,
      prepare=chain(make("odd", prints(0x111), tail=4),
                    movable("one", tells(), DATA, (0, 4))))
def it_does_so_again_and_elsewhere_each_time_it_is_started(m):
    m.expect(r"prints 0x111")
    last = 0
    for _ in range(10):
        ram = told_right(m)
        if ram == last:
            raise Failed(f"twice at {ram:#x}")
        last = ram
        m.until_listed("one", "Terminated")
        m.type("boot one")


SPOILT = {
    "encoding": ({objects.ENCODING: 0}, None, "unknown encoding (entry 16)"),
    "alignment": ({objects.RAM_ALIGNMENT: 3}, None, "bad alignment (entry 12)"),
    "ranges": ({objects.RAM_BASE: FLASH_LINK}, None, "bad link ranges (entry 3)"),
    "flash": ({objects.FLASH_LENGTH: 0x10000}, None, "bad flash length (entry 1)"),
    "data": ({objects.DATA_OFFSET: 0x10000}, None, "bad data image (entry 4)"),
    "table": ({objects.TABLE_LENGTH: 0x10000}, None, "bad table (entry 15)"),
    "stack": ({objects.DATA_AT: 72}, None, "bad stack (entry 6)"),
    "bss": ({objects.BSS_LENGTH: 0x10000}, None, "bad bss (entry 7)"),
    "tls": ({objects.TLS_LENGTH: 0x1000}, None, "bad thread-local data (entry 10)"),
    "room": ({objects.RAM_LENGTH: 0x1000}, None, "too little RAM (entry 3)"),
    "place": ({objects.FLASH_ALIGNMENT: 0x10000}, None, "misplaced flash (entry 13)"),
    "bitmap": (None, [3], "bitmap first (entry 0)"),
    "odd": (None, [0, 6], "unaligned offset (entry 1)"),
    "order": (None, [4, 0], "offsets not ascending (entry 1)"),
    "beyond": (None, [12], "offset beyond the data (entry 0)"),
    "bits": (None, [0, 1 | 1 << 31], "bitmap beyond the data (entry 1)"),
    "target": (None, [0, 1 | 1 << 2], "bad target (entry 8)"),
}


def spoilt(*names):
    """A flash of those, and a sound app at the end."""
    made = [movable(name, tells(), DATA, (0, 4), change=SPOILT[name][0],
                    table=SPOILT[name][1]) for name in names]
    return chain(*made, movable("sound", tells(), DATA, (0, 4)))


def refused(m, names):
    """Each is, by name and entry; the sound one runs."""
    m.expect_all([rf"{name} at 0x[0-9a-f]+ not started: relocation: "
                  + re.escape(SPOILT[name][2]) for name in names]
                 + [r"prints 0x12345678"])
    m.type("status")
    m.expect(r"Total processes: \d+")


@boot(timeout=60, extra=REAL_TIME, prepare=spoilt("encoding", "alignment", "ranges"))
def what_is_wrong_with_the_head_of_a_descriptor_is_named(m):
    refused(m, ("encoding", "alignment", "ranges"))


@boot(timeout=60, extra=REAL_TIME, prepare=spoilt("flash", "data", "table"))
def what_is_wrong_with_the_flash_side_of_a_descriptor_is_named(m):
    refused(m, ("flash", "data", "table"))


@boot(timeout=60, extra=REAL_TIME, prepare=spoilt("stack", "bss", "tls"))
def what_is_wrong_with_the_ram_side_of_a_descriptor_is_named(m):
    refused(m, ("stack", "bss", "tls"))


@boot(timeout=60, extra=REAL_TIME, prepare=spoilt("room", "place"))
def what_speaks_against_its_place_is_named(m):
    refused(m, ("room", "place"))


@boot(timeout=60, boards=["virt"], extra=REAL_TIME,
      prepare=spoilt("bitmap", "odd", "order", "beyond", "bits", "target"))
def what_is_wrong_with_a_table_is_named(m):
    names = ("bitmap", "odd", "order", "beyond", "bits", "target")
    refused(m, names)
    for name in names:  # nothing has been left half made
        m.until_listed(name, "Terminated")
        m.type(f"boot {name}")
        m.expect(rf"{name} at 0x[0-9a-f]+ not started: relocation: "
                 + re.escape(SPOILT[name][2]))


def bad_entry(board, path):
    """A version that nobody knows."""
    objects.write_chain(board, path, [movable("new", tells(), DATA, (0, 4)),
                                      make("last", prints(0x222))])
    def function(tbf):
        tbf.set_word(tbf.tlv(objects.RELOCATION), 2)
        tbf.seal()
    change(path, 0, function)


@boot(timeout=60, extra=REAL_TIME, prepare=bad_entry)
def a_relocation_entry_of_another_version_is_refused(m):
    m.expect_all([r"object at 0x[0-9a-f]+ not started: bad relocation entry",
                  r"prints 0x222"])


LARGE = {"virt": 0x24000, "hifive1": 0x1800, "esp32-c3": 0x24000}


def three_large(board, path):
    """Of three apps one fits at a time."""
    ram = next(size for name, size in LARGE.items() if name in board)
    objects.write_chain(board, path, [
        movable(name, tells(), DATA, (0, 4), ram=ram)
        for name in ("first", "second", "third")])


@boot(timeout=60, extra=REAL_TIME, prepare=three_large)
def more_apps_can_be_stored_than_fit(m):
    m.expect_all([r"second at 0x[0-9a-f]+ not started: not enough RAM "
                  r"\(wanted 0x(24010|1810), there is 0x[0-9a-f]+\)",
                  r"third at 0x[0-9a-f]+ not started: not enough RAM",
                  r"prints 0x12345678"])
    m.until_listed("first", "Terminated")
    m.until_listed("third", "Terminated")
    m.type("boot third")
    m.expect("boot third")  # behind what may still come of the first
    told_right(m)

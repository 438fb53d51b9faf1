# SPDX-License-Identifier: Apache-2.0
"""What the kernel makes of a flash at boot, and what it says of what it does
not start."""
import re

import objects
from harness import IDLE, Failed, boot, setting
from objects import FIXED, KERNEL, PERMISSIONS, change, make, padding, prints

WITNESS = r"witness: \d+ periods, 0 missed"


def stride(board):
    return int(setting(board, "APP_FLASH_STRIDE"), 0)


def in_slot_1(function):
    """A preparation that changes the object in slot 1."""
    def prepare(board, path):
        change(path, stride(board), function)
    return prepare


def sealed(function):
    """The same, and its checksum is right."""
    def both(tbf):
        function(tbf)
        tbf.seal()
    return in_slot_1(both)


def chain(*data):
    """A preparation that makes the flash hold those objects."""
    def prepare(board, path):
        objects.write_chain(board, path, data)
    return prepare


def not_started(m, name, reason, also=("witness", "blink")):
    """The reason is told, and the apps around run."""
    m.expect(rf"\[(warn|info)\] +{name} at 0x[0-9a-f]+ not started: {reason}")
    if "witness" in also:
        m.expect(WITNESS)
    m.type("list")
    for app in also:
        m.expect(rf" {app} .* (Yielded|Running)")
    m.refuse("Hello")


# ---- each reason -----------------------------------------------------------------


@boot("witness.0", "hello.1", "blink.2", prepare=sealed(lambda t: t.set_word(8, 0)))
def a_disabled_app_is_not_started(m):
    not_started(m, "hello", "disabled")


@boot("witness.0", "hello.1", "blink.2",
      prepare=sealed(lambda t: t.set_word(t.tlv(FIXED), 0x90000000)))
def an_app_for_ram_the_board_has_not_is_not_started(m):
    not_started(m, "hello", r"its fixed RAM is not app RAM "
                r"\(wanted 0x[0-9a-f]+, there is 0x90000000\)")


@boot("witness.0", "hello.1", "blink.2", boards=["virt"],
      prepare=sealed(lambda t: t.set_word(t.tlv(FIXED), 0x80010200)))
def of_two_apps_for_the_same_ram_the_later_is_not_started(m):
    not_started(m, "hello", r"its fixed RAM is taken "
                r"\(wanted 0x[0-9a-f]+, there is 0x80010200\)")


@boot("witness.0", "hello.1", "blink.2",
      prepare=sealed(lambda t: t.set_word(t.tlv(FIXED) + 4, 0x20000000)))
def an_app_linked_for_other_flash_is_not_started(m):
    not_started(m, "hello", r"linked for another address "
                r"\(wanted 0x20000000, there is 0x[0-9a-f]+80\)")


@boot("witness.0", "hello.1", "blink.2",
      prepare=sealed(lambda t: t.set_word(t.tlv(KERNEL), 3)))
def an_app_for_a_later_major_version_is_not_started(m):
    not_started(m, "hello", r"needs another kernel version "
                r"\(wanted 0x30000, there is 0x20003\)")


@boot("witness.0", "hello.1", "blink.2",
      prepare=sealed(lambda t: t.set_word(t.tlv(KERNEL), 9 << 16 | 2)))
def an_app_for_a_later_minor_version_is_not_started(m):
    not_started(m, "hello", r"needs another kernel version "
                r"\(wanted 0x20009, there is 0x20003\)")


@boot("witness.0", "hello.1", "blink.2",
      prepare=in_slot_1(lambda t: t.set_word(12, t.word(12) ^ 0x100)))
def an_object_with_a_wrong_checksum_is_passed_over(m):
    not_started(m, "object", r"wrong header checksum\r")


@boot("witness.0", "hello.1", "blink.2",
      prepare=in_slot_1(lambda t: t.set_word(20, t.word(20) ^ 1)))
def an_object_whose_header_has_rotted_is_passed_over(m):
    not_started(m, "object", r"wrong header checksum\r")


@boot("witness.0", "hello.1", "blink.2",
      prepare=in_slot_1(lambda t: t.set_word(4, 0x7FFFFFFC)))
def behind_an_impossible_size_nothing_is_looked_for(m):
    not_started(m, "object", r"impossible total size; what follows is lost",
                also=("witness",))
    m.type("status")
    m.expect(r"Total processes: 1")


@boot("witness.0", "hello.1", "blink.2",
      prepare=in_slot_1(lambda t: t.set_word(4, t.word(4) + 2)))
def a_size_that_is_no_multiple_of_4_is_impossible(m):
    not_started(m, "object", r"impossible total size", also=("witness",))


@boot("witness.0", "hello.1", "blink.2",
      prepare=in_slot_1(lambda t: t.set_word(0, 2 | 0xFFF8 << 16)))
def an_object_with_an_impossible_header_is_passed_over(m):
    not_started(m, "object", r"impossible header size")


@boot("witness.0", "hello.1", "blink.2",
      prepare=in_slot_1(lambda t: t.set_word(0, 0xFFFFFFFF)))
def erased_flash_ends_the_search_in_silence(m):
    m.expect(WITNESS)
    m.type("status")
    m.expect(r"Total processes: 1")
    m.refuse("not started")


# ---- objects without fixed addresses -------------------------------------------------


def text_of(number):
    return rf"LowLevelDebug: App 0x[0-9a-f]+ prints {number:#x}\s"


def printed(m, number):
    m.expect(text_of(number))


@boot(prepare=chain(make("one", prints(0x111)), make("two", prints(0x222), tail=4),
                    padding(16), make("three", prints(0x333), tail=12),
                    padding(20), make("four", prints(0x444), ram=16)))
def objects_lie_at_any_multiple_of_4_with_padding_between(m):
    m.expect_all([rf"prints {n:#x}\s" for n in (0x111, 0x222, 0x333)])
    m.refuse("not started: (?!no free)")


@boot(prepare=chain(make("large", prints(0x111), ram=0x100000),
                    make("small", prints(0x222))))
def an_app_that_wants_more_ram_than_there_is_is_not_started(m):
    m.expect_all([r"large at 0x[0-9a-f]+ not started: not enough RAM "
                  r"\(wanted 0x100000, there is 0x[0-9a-f]+\)",
                  text_of(0x222)])


@boot(prepare=chain(make("vast", prints(0x111), ram=0xFFFFFFF0),
                    make("small", prints(0x222))))
def a_size_of_ram_that_overflows_is_refused(m):
    m.expect_all([r"vast at 0x[0-9a-f]+ not started: not enough RAM",
                  text_of(0x222)])


@boot(prepare=chain(make("old", prints(0x111), kernel=(1, 0)),
                    make("new", prints(0x222))))
def an_app_for_an_earlier_major_version_is_not_started(m):
    m.expect_all([r"old at 0x[0-9a-f]+ not started: needs another kernel version",
                  text_of(0x222)])


@boot(extra=IDLE, prepare=chain(
    make("short", prints(0x111),
         entries=objects.tlv(PERMISSIONS, b"\x02\x00" + bytes(16))),
    make("empty", prints(0x222), entries=objects.tlv(PERMISSIONS, b"\0\0")),
    make("last", prints(0x333))))
def malformed_permissions_are_no_permission(m):
    m.expect(r"object at 0x[0-9a-f]+ not started: bad permissions")
    printed(m, 0x333)
    m.refuse("prints 0x111")
    m.refuse("prints 0x222")
    m.until_listed("empty", "Terminated")


@boot(boards=["virt"], extra=IDLE,
      prepare=chain(*[make(f"app{n}", prints(0x100 + n)) for n in range(10)]))
def more_apps_than_slots_are_named(m):
    m.expect(r"app8 at 0x[0-9a-f]+ not started: no free process slot")
    m.expect(r"app9 at 0x[0-9a-f]+ not started: no free process slot")
    m.type("status")
    m.expect(r"Total processes: 8")


def movable_first(board, path):
    """Puts an app without fixed addresses before those with."""
    with open(path, "rb") as file:
        rest = file.read()[stride(board):]
    first = make("movable", prints(0x111), ram=256)
    objects.write_chain(board, path,
                        [first, padding(stride(board) - len(first)),
                         rest[:3 * stride(board)]])


@boot("hello.0", "witness.1", "blink.2", prepare=movable_first)
def fixed_ram_is_set_aside_before_other_apps_are_placed(m):
    printed(m, 0x111)
    m.expect(WITNESS)
    m.type("process witness")
    m.expect(r" Completion Code: None")
    fixed = m.expect(r"^  0x([0-9A-F]{8}) 0x([0-9A-F]{8}) --- Kernel ")[2]
    m.type("process movable")
    m.expect(r" Completion Code: 273")
    top = int(m.expect(r"^  0x([0-9A-F]{8}) 0x([0-9A-F]{8}) --- Kernel ")[2], 16)
    bottom = int(m.expect(r"^  0x([0-9A-F]{8}) 0x([0-9A-F]{8}) rw- App RAM ")[1], 16)
    start = int(fixed, 16) & ~0xFFF
    if bottom < int(fixed, 16) and top > start:
        raise Failed("the movable app lies in the witness' RAM")
    m.refuse("not started")


# ---- names ------------------------------------------------------------------------------


@boot(may_panic=True, extra=IDLE,
      prepare=chain(make("\x1b[2J\x07evil", prints(0x111)),
                    make("\x1b[31mlater", prints(0x222), kernel=(9, 9))))
def a_name_does_not_act_upon_the_terminal(m):
    m.expect_all([r"prints 0x111\s", r"not started: needs another"])
    m.type("list")
    m.expect(r"\?\[2J\?evil")
    m.type("panic")
    m.expect(r"KERNEL PANIC END|Not on this board")
    if re.search(r"\x1b(?!\[K)", m.output):
        raise Failed("an escape sequence came through")


@boot(extra=IDLE,
      prepare=chain(make("n" * 200, prints(0x111)), make("", prints(0x222))))
def a_long_name_is_cut_and_no_name_is_none(m):
    m.expect_all([r"prints 0x111\s", r"prints 0x222\s"])
    m.type("list")
    m.expect(r" n{32} ")

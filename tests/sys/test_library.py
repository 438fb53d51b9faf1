# SPDX-License-Identifier: Apache-2.0
"""The app library: an event loop, lines from the console, calls for kept data."""
from harness import SLOW, boot
from test_abi import all_hold


@boot("lib_loop", "hello", boards=["virt"])
def an_app_waits_for_lines_and_time_in_one_loop(m):
    m.expect(r"lib_loop: ready")
    m.type("attach lib_loop")
    m.expect(r"Attached to lib_loop")
    m.type("one")
    m.expect(r"line \[one\] of 3: no error")
    m.send("a\x7f\x7ftwo\n")
    m.expect(r"line \[two\] of 3: no error")
    m.send("much longer than there is room\r\n")
    m.expect(r"line \[much longer tha\] of 15: wrong size")
    if "lib_loop: ticks" not in m.output:  # virtual time may hardly have passed
        m.expect(r"lib_loop: ticks")
    m.type("end")
    m.expect(r"line \[end\] of 3: no error")
    m.expect(r"ticked meanwhile")
    m.expect(r"then \[\]: cancelled")
    m.type("last")
    m.expect(r"last \[last\]: no error")


@boot("lib_kept", boards=["virt"], extra=SLOW)
def calls_for_kept_data_do_not_disturb_each_other(m):
    m.expect(r"lib_kept: 43 ok, 0 failed")
    m.refuse(r"^FAIL")


@boot("lib_basics", boards=["virt"], extra=SLOW)
def small_parts_of_the_library(m):
    for line in "alert code 0x1", "prints 0x1234", "prints 0x56 0x789":
        m.expect(rf"LowLevelDebug: App 0x\w+ {line}\s")
    all_hold(m, "lib_basics", 29)


@boot("lib_console", boards=["hifive1"], model=("--baud", "115200"))
def writes_that_are_given_up_or_meet_are_told_apart(m):
    whole = r"^It is a long line[^\r\n]*so one hopes\.\s"
    for text in (whole, "behind it", whole, "from a callback", "ok what was given up",
                 "after that", "at last"):
        m.expect(text)
    all_hold(m, "lib_console", 5)

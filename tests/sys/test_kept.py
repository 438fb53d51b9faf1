# SPDX-License-Identifier: Apache-2.0
"""Data that apps keep in flash."""
import re

from harness import IDLE, boot


@boot("abi_kept", "kept_thief", "kept_nobody", boards=["virt"], extra=IDLE)
def what_apps_keep_outlives_a_restart_and_is_theirs_alone(m):
    m.expect(r"abi_kept: life 0")
    m.expect_all([r"abi_kept: 40 ok, 0 failed", r"kept_thief: 6 ok, 0 failed",
                  r"kept_nobody: 3 ok, 0 failed"])
    m.type("reset")
    m.expect(r"abi_kept: life 1")
    m.expect_all([r"abi_kept: 7 ok, 0 failed", r"kept_thief: 6 ok, 0 failed"])
    m.refuse(r"^FAIL")


def fill_and_forget(m, apps, values, bytes_each):
    """The first app takes all of its share and no more; the operator frees it."""
    m.expect_all([rf"kept_greedy: {values} values", r"kept_greedy: 4 ok, 0 failed",
                  r"kept_giver: 2 ok, 0 failed"])
    long = int(re.search(r"kept_greedy: (\d+) of them long", m.output)[1])
    assert bytes_each * 3 // 4 < long * 544 <= bytes_each, long
    for app in "kept_greedy", "kept_giver":
        m.until_listed(app, "Terminated")
    m.type("kept")
    m.expect(r"ShortID +Key +Values +Bytes +Isolated +App")
    m.expect(r"0x4e570001 +0 +2 +64 +0  -")
    taken = m.expect(rf"0x4e570009 +0 +{values} +(\d+) +(\d+)  -")
    assert bytes_each - 1000 < int(taken[1]) <= bytes_each and int(taken[2]) > 512, taken
    m.expect(rf"{apps} apps may keep {values} values, {bytes_each} bytes each")
    m.type("forget 0x4e570009")
    gone = int(m.expect(r"forget: (\d+) records of 0x4e570009 are gone")[1])
    assert values + 2 <= gone <= values + 4, gone
    m.type("reset")  # once more, from nothing
    m.expect(rf"kept_greedy: {values} values")
    m.expect(rf"kept_greedy: {long} of them long")
    m.expect(r"kept_greedy: 4 ok, 0 failed")
    m.type("forget it")
    m.expect(r"usage: forget 0xSHORTID or 0xSHORTID/KEY")
    m.type("forget 0x4e570009/1")
    m.expect(r"forget: 0 records")
    m.refuse(r"^FAIL")


@boot("kept_greedy", "kept_giver", boards=["virt"], extra=IDLE)
def one_app_cannot_fill_the_store_and_the_operator_frees_what_it_left(m):
    fill_and_forget(m, 16, 100, 48000)


@boot("kept_greedy", "kept_giver", boards=["esp32-c3"], extra=IDLE)
def nor_can_it_on_the_esp32_c3_whose_operator_frees_it_too(m):
    fill_and_forget(m, 12, 36, 9000)


@boot("logger", boards=["virt"], extra=IDLE)
def what_an_app_that_runs_keeps_is_not_freed(m):
    m.expect(r"logger: summary 1: ")
    m.type("forget 0x10660001")
    m.expect(r"its app runs: terminate or remove that first")
    m.type("terminate logger")
    m.expect(r"Process logger terminated")
    m.type("forget 0x10660001")
    m.expect(r"forget: (?:[2-9]|[1-9]\d+) records of 0x10660001 are gone")
    m.type("boot logger")
    m.expect(r"logger: 0 summaries are kept")

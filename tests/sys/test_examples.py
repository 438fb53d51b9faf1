# SPDX-License-Identifier: Apache-2.0
"""The examples do what their README says."""
from harness import SLOW, boot


@boot("logger", boards=["virt"])
def the_logger_goes_on_where_it_was_when_the_board_was_reset(m):
    m.expect(r"logger: 0 summaries are kept")
    first = m.expect(r"logger: summary 0: (.*)")[1].strip()
    m.expect(r"logger: summary 1: (.*)")
    last = m.expect(r"logger: summary 2: (.*)")[1].strip()
    assert first != last
    m.type("reset")
    kept = int(m.expect(r"logger: (\d+) summaries are kept")[1])
    assert kept in range(3, 17), kept
    number = int(m.expect(r"logger: summary (\d+): ")[1])
    assert number >= 2, number
    m.expect(rf"logger: summary {number + 1}: ")


@boot("multiply", "witness", boards=["virt"], extra=SLOW)
def a_hundred_kilobytes_compute_and_nobody_is_held_up(m):
    m.expect(r"multiply: .*@@@@@@@@")
    m.expect(r"multiply: 1 pictures, 0 differences")
    m.expect(r"witness")
    m.type("list")
    m.expect(r" multiply .* Running")
    m.expect(r" witness .* (Yielded|Running)")


@boot("crasher", "witness", boards=["virt"], kernel="virt-restart", extra=SLOW)
def a_stuck_app_is_ended_and_started_anew(m):
    for life in range(4):
        m.expect(rf"crasher: started, {life} restarts before")
        m.expect(r"crasher: beat 3")
        m.expect(r"crasher: now I get stuck")
        m.expect(r"crasher \(pid \d+\) faulted: did not yield in time")
    m.until_listed("crasher", "Faulted")
    m.expect(r" witness .* (Yielded|Running)")


@boot("greeter", boards=["virt", "hifive1"])
def an_app_may_be_written_in_c_plus_plus(m):
    m.expect(r"greeter: Good morning, number 1")
    m.expect(r"greeter: Good evening, number 2")
    m.expect(r"greeter: the alarm has called a lambda")

# SPDX-License-Identifier: Apache-2.0
"""From reset to the prompt and out again."""
import re

from harness import IDLE, Failed, boot

PROMPT = r"berth\$ "


@boot("hello", "blink", "witness")
def three_apps_run_at_once_and_the_operator_sees_them(m):
    m.expect(r"Hello from hello")
    m.expect(r"witness: \d+ periods, 0 missed")
    m.type("list")
    m.expect(r" hello .* Terminated\s*$")
    m.expect(r" blink .* (Yielded|Running)")
    m.expect(r" witness .* (Yielded|Running)")


@boot("witness")
def exit_at_the_prompt_ends_qemu_with_status_0(m):
    m.expect(PROMPT)
    m.type("exit")
    if m.wait() != 0:
        raise Failed("status is not 0")


@boot(extra=IDLE)
def a_board_without_apps_has_a_prompt(m):
    m.expect(PROMPT)
    m.type("list")
    m.expect(r"PID .* State\s*$")


@boot("witness", boards=["virt"], may_panic=True)
def a_panic_ends_qemu_with_a_status_other_than_0(m):
    m.expect(PROMPT)
    m.type("panic")
    m.expect(r"KERNEL PANIC")
    if m.wait() == 0:
        raise Failed("status is 0")


@boot("witness", "blink", "ticker", "sensor", boards=["hifive1"])
def four_apps_run_at_once_in_sixteen_kilobytes(m):
    """Each has its own RAM and makes headway, and the witness misses nothing."""
    m.expect(r"witness: \d+ periods, 0 missed")
    before = lives(m)
    m.expect(r"witness: \d+ periods, 0 missed")
    after = lives(m)
    if len(after) != 4 or any(after[name] <= before[name] for name in after):
        raise Failed(f"system calls of each app: {before}, then {after}")


def lives(m):
    """name -> system calls, of apps that live."""
    m.type("list")
    text = m.expect(r"PID +ShortID.*\n(?: *\d+ .*\n){4}")[0]
    return {name: int(calls) for name, calls in re.findall(
        r"^ *\d+ +\S+ +(\S+) +\d+ +(\d+) .*(?:Running|Yielded)", text, re.M)}

# SPDX-License-Identifier: Apache-2.0
"""Apps that install, update and remove apps while others run."""
import os
import re

import power
from harness import FLASH_TIME, ICOUNT, Failed, boot

CUTS = int(os.environ.get("CUTS", "10"))
# A full sector of 256 KiB is held for 3 ms of instructions when it is rewritten.
LATE_US = 10000


def passed(m, name):
    end = m.expect(rf"{name}: (\d+) ok, (\d+) FAIL")
    if int(end[2]) != 0 or int(end[1]) == 0:
        raise Failed("".join(re.findall(r"(?m)^.*FAIL.*$", m.output)))


@boot("witness", "installer", boards=("virt",))
def an_app_installs_updates_and_removes_another_while_others_run(m):
    passed(m, "installer")
    for number in ("0x11", "0x22"):
        if f"prints {number}" not in m.output:
            raise Failed(f"no app printed {number}")
    m.expect(r"witness: \d+ periods")


@boot("installer", "intruder", boards=("virt",))
def an_app_without_authority_installs_nothing(m):
    m.expect(r"may not use driver 0x10001: it has no fixed ShortId")
    passed(m, "intruder")


@boot("quitter", "heir", boards=("virt",))
def a_transfer_whose_owner_dies_is_free_for_others(m):
    passed(m, "quitter")
    passed(m, "heir")
    if "prints 0x44" not in m.output:
        m.expect("prints 0x44")


def mover_image(board, path):
    power.image_write(board, path, ["witness", "mover"])


@boot("witness", "mover", boards=("virt",), prepare=mover_image)
def compaction_moves_running_apps_and_they_run_on(m):
    """Each life of the witness keeps its period, but for what a move takes."""
    m.expect("mover: first life")
    m.expect("ok the witness is there")
    passed(m, "mover")
    m.expect(r"witness: \d+ periods")
    if m.output.count("prints 0x32") != 2 or m.output.count("prints 0x33") < 2:
        raise Failed("the apps that moved did not begin again")
    second_life = m.output[m.output.find("ok there is no gap"):]
    for missed in re.findall(r"worst (\d+) us", second_life):
        if int(missed) > LATE_US:
            raise Failed(f"a period of the witness came {missed} us late")


@boot("witness", "mover", boards=("virt",), prepare=mover_image,
      extra=(*ICOUNT, FLASH_TIME))
def what_is_typed_while_flash_is_busy_is_answered(m):
    """Erases take a second and no app runs; nothing is lost of it."""
    m.expect("mover: first life")
    m.expect("ok sleep")
    m.send("li")
    m.expect("ok the witness is there")
    m.send("st\r")
    m.expect(r"Yielded|Running")
    m.until_listed("witness", "Yielded")
    passed(m, "mover")
    m.expect_all([r"witness: \d+ periods"] * 2)


def cycles_image(board, path):
    power.image_write(board, path, ["cycles"])


@boot("cycles", boards=("virt",), prepare=cycles_image)
def a_hundred_loads_and_removals_lose_nothing(m):
    passed(m, "cycles")
    m.refuse("app flash failed")


@boot("witness", "churn", boards=("virt",), timeout=600)
def apps_survive_power_cuts_in_install_remove_and_compact(m):
    m.kill()
    power.cuts_survived(m.board, CUTS)

# SPDX-License-Identifier: Apache-2.0
"""Apps that install, update and remove apps while others run."""
import re

from harness import Failed, boot


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
    m.expect(r"witness: \d+ periods, 0 missed")


@boot("installer", "intruder", boards=("virt",))
def an_app_without_authority_installs_nothing(m):
    m.expect(r"may not use driver 0x10001: it has no fixed ShortId")
    passed(m, "intruder")


@boot("quitter", "installer", boards=("virt",))
def a_transfer_whose_owner_dies_is_free_for_others(m):
    passed(m, "quitter")
    passed(m, "installer")

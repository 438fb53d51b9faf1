# SPDX-License-Identifier: Apache-2.0
"""Apps that install, update and remove apps while others run."""
import os
import random
import re
import time

import harness
from harness import Failed, boot

CUTS = int(os.environ.get("CUTS", "20"))


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


@boot("witness", boards=("virt",))
def a_kernel_killed_at_any_moment_of_an_install_boots_with_all_its_apps(m):
    """The same image again and again: what was installed stays, what was
    under way is there or not, and the chain is never broken."""
    m.expect("witness")
    image = f"build/{m.board}/sys/killed.img"
    harness.make_image(m.board, ["witness", "installer"], image)
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    for cut in range(CUTS):
        with harness.Machine(m.board, image, harness.ICOUNT, timeout=60) as n:
            n.expect(r"(ok|FAIL) setup")
            time.sleep(chance.uniform(0, 1.5))
            n.kill()
            if re.search(r"(witness|installer) at 0x\w+ not started", n.output):
                raise Failed(f"seed {seed}, cut {cut}: {n.output[-2000:]}")
    with harness.Machine(m.board, image, harness.ICOUNT, timeout=120) as n:
        n.expect_all([r"witness: \d+ periods", r"(ok|FAIL) setup\(0\)"])
        n.refuse("app flash failed")

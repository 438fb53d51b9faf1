# SPDX-License-Identifier: Apache-2.0
"""Two hundred power cuts in a running system."""
import os

import power
from harness import boot

CUTS = int(os.environ.get("CUTS", "200"))


@boot("witness", "churn", boards=("virt",), timeout=7200)
def apps_survive_two_hundred_power_cuts(m):
    m.kill()
    power.cuts_survived(m.board, CUTS)

# SPDX-License-Identifier: Apache-2.0
"""Millions of random system calls, CALLS=n of each: see test_fuzz.py."""
import os

import test_fuzz
from harness import boot
from test_fuzz import APPS, SOAK_SEED, seeded

CALLS = int(os.environ.get("CALLS", "2500000"))


@boot(*APPS, boards=["virt"], kernel="virt-checked", prepare=seeded(SOAK_SEED),
      timeout=3600)
def millions_of_calls_by_chance_break_no_invariant(m):
    test_fuzz.run(m, CALLS, SOAK_SEED)


@boot(*APPS, boards=["virt"], kernel="virt-checked", cpu="x-epmp=true",
      prepare=seeded(SOAK_SEED + 1), timeout=3600)
def millions_of_calls_by_chance_break_no_invariant_with_smepmp(m):
    test_fuzz.run(m, CALLS, SOAK_SEED + 1)

# SPDX-License-Identifier: Apache-2.0
"""A million random system calls: see test_fuzz.py."""
import test_fuzz
from harness import boot
from test_fuzz import SOAK_SEED, seeded


@boot("fuzz_calls", "fuzz_calls", "fuzz_calls", boards=["virt"],
      kernel="virt-checked", prepare=seeded(SOAK_SEED), timeout=1200)
def a_million_random_system_calls_break_no_invariant(m):
    test_fuzz.run(m, 1000000, SOAK_SEED)


@boot("fuzz_calls", "fuzz_calls", "fuzz_calls", boards=["virt"],
      kernel="virt-checked", cpu="x-epmp=true", prepare=seeded(SOAK_SEED + 1),
      timeout=1200)
def a_million_random_system_calls_break_no_invariant_with_smepmp(m):
    test_fuzz.run(m, 1000000, SOAK_SEED + 1)

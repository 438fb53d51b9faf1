# SPDX-License-Identifier: Apache-2.0
"""Random system calls from three apps at once, on a board that checks the
kernel's invariants whenever it chooses who runs next. The soak does a million;
FUZZ_SEED=n makes it take that seed."""
import os
import random

from harness import Failed, boot

CALLS = 50000
MARK = b"fuzz seed: \0"
CALLS_PER_REPORT = 500
SEED = 1


def seeded(seed):
    """A preparation that gives each of the apps a seed of its own."""
    def prepare(_, path):
        with open(path, "rb") as file:
            data = bytearray(file.read())
        at = -1
        for n in range(3):
            at = data.index(MARK, at + 1)
            value = (seed * 3 + n + 1) * 2654435761 & 0xFFFFFFFF
            data[at + 12:at + 16] = value.to_bytes(4, "little")
        with open(path, "wb") as file:
            file.write(data)
    return prepare


def run(m, calls, seed):
    """Counts what the apps report until there have been so many calls."""
    print(f"        {calls} calls, FUZZ_SEED={seed}", flush=True)
    made = [0, 0, 0]
    m.give_up = "KERNEL PANIC END"
    while sum(made) < calls:
        try:
            report = m.expect(r"App 0x([0-9a-f]+) prints 0xf022 0x")
        except Failed:
            m.refuse(r"KERNEL PANIC: [^\r]*")
            raise
        made[int(report[1], 16) & 0xFF] += CALLS_PER_REPORT
    m.refuse("KERNEL PANIC")
    if min(made) < calls // 100:
        raise Failed(f"one of the apps hardly ran: {made} calls")
    m.type("status")
    m.expect(r"Total processes: 3")


@boot("fuzz_calls", "fuzz_calls", "fuzz_calls", boards=["virt"],
      kernel="virt-checked", prepare=seeded(SEED), timeout=400)
def random_system_calls_break_no_invariant(m):
    run(m, CALLS, SEED)


@boot("fuzz_calls", "fuzz_calls", "fuzz_calls", boards=["virt"],
      kernel="virt-checked", cpu="x-epmp=true", prepare=seeded(SEED + 1),
      timeout=400)
def random_system_calls_break_no_invariant_with_smepmp(m):
    run(m, CALLS, SEED + 1)


SOAK_SEED = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(1 << 30)))

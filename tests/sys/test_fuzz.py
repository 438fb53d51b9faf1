# SPDX-License-Identifier: Apache-2.0
"""Random system calls over all drivers from three apps at once, one of them with
power over processes and the app store, on a board that checks the kernel's
invariants whenever it chooses who runs next, while a fourth app keeps a period.
The soak makes millions; FUZZ_SEED=n makes it take that seed."""
import os
import random
import re

from harness import Failed, boot

APPS = ("fuzz_witness", "fuzz_mighty", "fuzz_filtered", "fuzz_calls")
CALLS = 50000
MARK = b"fuzz seed: \0"
CALLS_PER_REPORT = 500
REPORT = r"App 0x[0-9a-f]+ prints 0xf022([123]) 0x"
WITNESS = r"witness: (\d+) periods, (\d+) missed, worst (\d+) us"
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


def undisturbed(m):
    """The fourth app has kept each of its periods, and still runs."""
    m.expect(WITNESS)
    reports = re.findall(WITNESS, m.output)
    for periods, missed, worst in reports:
        if missed != "0":
            raise Failed(f"after {periods} periods the witness had missed "
                         f"{missed}, worst {worst} us")
    m.refuse(r"fuzz_witness \(pid \d+\) faulted")
    return reports[-1]


def run(m, calls, seed):
    """Counts what the apps report until there have been so many calls."""
    print(f"        {calls} calls, FUZZ_SEED={seed}", flush=True)
    made = {"1": 0, "2": 0, "3": 0}
    m.give_up = "KERNEL PANIC END"
    while sum(made.values()) < calls:
        try:
            report = m.expect(REPORT)
        except Failed:
            m.refuse(r"KERNEL PANIC: [^\r]*")
            raise
        made[report[1]] += CALLS_PER_REPORT
    m.refuse("KERNEL PANIC")
    if min(made.values()) < calls // 100:
        raise Failed(f"one of the apps hardly ran: {made} calls")
    periods, _, worst = undisturbed(m)
    print(f"        {sum(made.values())} calls ({'/'.join(map(str, made.values()))}), "
          f"{periods} periods kept, the latest {worst} us late", flush=True)


@boot(*APPS, boards=["virt"], kernel="virt-checked", prepare=seeded(SEED),
      timeout=400)
def random_system_calls_break_no_invariant(m):
    run(m, CALLS, SEED)


@boot(*APPS, boards=["virt"], kernel="virt-checked", cpu="x-epmp=true",
      prepare=seeded(SEED + 1), timeout=400)
def random_system_calls_break_no_invariant_with_smepmp(m):
    run(m, CALLS, SEED + 1)


SOAK_SEED = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(1 << 30)))

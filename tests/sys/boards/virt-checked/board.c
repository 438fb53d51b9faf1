/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's invariants are checked before each choice of who runs next. A
 * process that faults is started anew at once, for ever. */
#include <tests/sys/boards/virt-checked/invariants.h>
#include <tests/sys/boards/wiring.h>

static struct sched sched = { .budget = wiring_budgets };

const struct process_authority board_authorities[] = { { 0, 0, 0 } };
const uint32_t board_authority_count = 0;

static struct sched_turn next_checked(struct sched *s)
{
    invariants_check(s);
    return sched_round_robin.next(s);
}

static struct sched_turn over_checked(struct sched *s, uint32_t slot)
{
    invariants_check(s);
    return sched_round_robin.over(s, slot);
}

static bool ran(struct sched *s, uint32_t slot, uint32_t ticks)
{
    return sched_round_robin.ran(s, slot, ticks);
}

static const struct sched_ops round_robin_checked = { next_checked, ran,
                                                      over_checked };

const struct kernel_config kernel_config = {
    WIRING("virt-checked"),
    .scheduler = &round_robin_checked,
    .sched = &sched,
    .fault = { .action = FAULT_RESTART, .limit = 0, .backoff_ms = 1 },
};

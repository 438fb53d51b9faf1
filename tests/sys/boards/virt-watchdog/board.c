/* SPDX-License-Identifier: Apache-2.0 */
/* A process that has used 100 ms without yielding once has broken a rule. */
#include <tests/sys/boards/wiring.h>

static struct sched sched = { .budget = wiring_budgets };

const struct process_authority board_authorities[] = { { 0, 0, 0 } };
const uint32_t board_authority_count = 0;

const struct kernel_config kernel_config = {
    WIRING("virt-watchdog"), .scheduler = &sched_round_robin,
    .sched = &sched,         .fault = { .action = FAULT_STOP },
    .watchdog_ms = 100,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* A process that has used 100 ms without yielding once has broken a rule, and who
 * breaks one is started anew, three times. */
#include <tests/sys/boards/wiring.h>

static struct sched sched = { .budget = wiring_budgets };

const struct process_authority board_authorities[] = { { 0, 0, 0 } };
const uint32_t board_authority_count = 0;

const struct kernel_config kernel_config = {
    WIRING("virt-restart"),
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .fault = { .action = FAULT_RESTART, .limit = 3, .backoff_ms = 50 },
    .watchdog_ms = 100,
};

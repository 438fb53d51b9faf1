/* SPDX-License-Identifier: Apache-2.0 */
/* Flash is not for execution: each life of an app has a copy of its binary in
 * RAM. Who breaks a rule is started anew, three times. */
#include <tests/sys/boards/wiring.h>

static struct sched sched = { .budget = wiring_budgets };

const struct process_authority board_authorities[] = { { 0, 0, 0 } };
const uint32_t board_authority_count = 0;

const struct kernel_config kernel_config = {
    WIRING("virt-ram"),
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .fault = { .action = FAULT_RESTART, .limit = 3, .backoff_ms = 50 },
    .code_in_ram = true,
};

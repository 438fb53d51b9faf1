/* SPDX-License-Identifier: Apache-2.0 */
/* An app without a Permissions TLV may call no driver. A fault panics the
 * kernel. */
#include <tests/sys/boards/wiring.h>

static struct sched sched = { .budget = wiring_budgets };

const struct process_authority board_authorities[] = { { 0, 0, 0 } };
const uint32_t board_authority_count = 0;

const struct kernel_config kernel_config = {
    WIRING("virt-deny"),     .scheduler = &sched_round_robin,
    .sched = &sched,         .fault = { .action = FAULT_PANIC },
    .deny_by_default = true,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The higher the slot, the sooner it runs; 2 and 3 are equals. */
#include <tests/sys/boards/wiring.h>

static uint8_t levels[WIRING_SLOTS] = { 4, 3, 2, 2, 1, 1, 0, 0 };
static struct sched sched = {
    .budget = wiring_budgets,
    .level = levels,
};

const struct process_authority board_authorities[] = { { 0, 0, 0 } };
const uint32_t board_authority_count = 0;

const struct kernel_config kernel_config = {
    WIRING("virt-priority"),
    .scheduler = &sched_priority,
    .sched = &sched,
    .fault = { .action = FAULT_STOP },
};

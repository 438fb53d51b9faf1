/* SPDX-License-Identifier: Apache-2.0 */
/* Who computes sinks below who does not. A process that faults is started anew
 * at once, for ever. ShortId 0x1234 has power over processes, 0x5678 sees them. */
#include <tests/sys/boards/wiring.h>

static uint8_t levels[WIRING_SLOTS];
static struct sched sched = {
    .budget = wiring_budgets,
    .level = levels,
};

const struct process_authority board_authorities[] = {
    { 0x1234, AUTHORITY_CONTROL, 0 },
    { 0x5678, AUTHORITY_SEE, 0 },
    { 0, AUTHORITY_CONTROL, 0 }, /* of nobody */
};
const uint32_t board_authority_count = ARRAY_COUNT(board_authorities);

const struct kernel_config kernel_config = {
    WIRING("virt-mlfq"),
    .scheduler = &sched_mlfq,
    .sched = &sched,
    .fault = { .action = FAULT_RESTART, .limit = 0, .backoff_ms = 1 },
};

/* SPDX-License-Identifier: Apache-2.0 */
/* A process runs until it blocks. One that faults is started anew, later each
 * time, and stays down after the third restart. */
#include <tests/sys/boards/wiring.h>

static struct sched sched;

const struct process_authority board_authorities[] = { { 0, 0, 0 } };
const uint32_t board_authority_count = 0;

const struct kernel_config kernel_config = {
    WIRING("virt-cooperative"),
    .scheduler = &sched_cooperative,
    .sched = &sched,
    .fault = { .action = FAULT_RESTART, .limit = 3, .backoff_ms = 100 },
};

/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the core's counters apps may read. For boards of cores that have
 * mcounteren. */
#ifndef CHIPS_COMMON_COUNTERS_H
#define CHIPS_COMMON_COUNTERS_H

#include <stdint.h>

enum { COUNTER_CYCLE = 1, COUNTER_INSTRET = 4 };

/* Those and no others. What a reset leaves in the register is not known. */
void counters_allow(uint32_t counters);

#endif

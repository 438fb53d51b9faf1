/* SPDX-License-Identifier: Apache-2.0 */
/* The core's one performance counter, which apps can read: so it stands still
 * while they run. For boards and chips. */
#ifndef CHIPS_ESP32C3_PERFORMANCE_H
#define CHIPS_ESP32C3_PERFORMANCE_H

#include <stdint.h>

/* It counts cycles; between the two in the kernel only. */
void performance_start(void);
uint32_t performance_cycles(void);

/* It stands at 0. */
void performance_off(void);

#endif

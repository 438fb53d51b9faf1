/* SPDX-License-Identifier: Apache-2.0 */
/* The core's one performance counter, which apps can read. For boards. */
#ifndef CHIPS_ESP32C3_PERFORMANCE_H
#define CHIPS_ESP32C3_PERFORMANCE_H

/* It stands still: apps do not time one another. */
void performance_off(void);

#endif

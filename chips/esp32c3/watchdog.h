/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdogs of the ESP32-C3, and the reset by software beside them. For
 * boards. */
#ifndef CHIPS_ESP32C3_WATCHDOG_H
#define CHIPS_ESP32C3_WATCHDOG_H

/* The mask ROM leaves three of them running. All off; the super watchdog cannot
 * be counted on to stay off, so it feeds itself. */
void watchdogs_off(void);

/* Reset the whole chip. Does not come back. */
void chip_reset(void);

#endif

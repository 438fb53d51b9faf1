/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog of the FE310's always-on block. For boards. */
#ifndef CHIPS_SIFIVE_E_WATCHDOG_H
#define CHIPS_SIFIVE_E_WATCHDOG_H

/* It may be running: it keeps its setting over a reset. */
void watchdog_off(void);

/* Reset the board. Comes back, after a few milliseconds, only where there is no
 * such block (QEMU). */
void watchdog_reset(void);

#endif

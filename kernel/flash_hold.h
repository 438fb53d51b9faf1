/* SPDX-License-Identifier: Apache-2.0 */
/* App flash that cannot be read for a while, because an erase or a program is
 * under way. For chips' flash drivers and for the loader.
 *
 * While it is held no app runs, no deferred call, no order to a process is
 * carried out: of all that may read app flash nothing does. Interrupts are
 * served and timers fire, which read none: so alarms are noted in time, and
 * what a UART receives is kept. */
#ifndef KERNEL_FLASH_HOLD_H
#define KERNEL_FLASH_HOLD_H

/* Begins only in a deferred call; ends in a timer or an interrupt, or in the
 * same deferred call. */
void flash_hold(void);
void flash_release(void);

/* Let the kernel itself read and write app flash, until an app runs next. */
void flash_open(void);

#endif

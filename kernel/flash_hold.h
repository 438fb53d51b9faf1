/* SPDX-License-Identifier: Apache-2.0 */
/* App flash that cannot be read for a while, because an erase or a program is
 * under way or a sector is not yet again what it was. For chips' flash drivers
 * and for the loader.
 *
 * While it is held no app runs, no order to a process is carried out and no
 * deferred call is made but those of flash_call(): of all that may read app
 * flash nothing does. Interrupts are served and timers fire, which read none:
 * so alarms are noted in time, and what a UART receives is kept. */
#ifndef KERNEL_FLASH_HOLD_H
#define KERNEL_FLASH_HOLD_H

#include <kernel/driver.h>

/* Begins only in a deferred call. Holds are counted. */
void flash_hold(void);
void flash_release(void);

/* As deferred_call(), for work that leads to the end of a hold, which is not
 * put off by one. A deferred call is made in one of the two ways, always. */
void flash_call(struct deferred *d);

/* Let the kernel itself read and write app flash, until an app runs next. */
void flash_open(void);

#endif

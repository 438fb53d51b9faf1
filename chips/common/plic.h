/* SPDX-License-Identifier: Apache-2.0 */
/* The platform-level interrupt controller, hart 0, M-mode, and the core's
 * interrupt enables beside it. For chips and boards. */
#ifndef CHIPS_COMMON_PLIC_H
#define CHIPS_COMMON_PLIC_H

#include <chips/common/irq.h>

/* Enable the sources of irq_table(), all others off, and let them and the timer
 * wake the core. */
void plic_init(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt matrix of the ESP32-C3 and the controller in its core. SYSTIMER's
 * target 0 comes as the machine timer interrupt that the kernel knows, all
 * devices as one other. For boards. */
#ifndef CHIPS_ESP32C3_INTC_H
#define CHIPS_ESP32C3_INTC_H

#include <chips/common/irq.h>

/* Sources are the matrix's. Those of irq_table() and the timer, no others. */
void intc_init(void);

#endif

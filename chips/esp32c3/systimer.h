/* SPDX-License-Identifier: Apache-2.0 */
/* SYSTIMER: 52 bits that count 16 MHz, whatever the core's clock. It is the clock
 * of the kernel (berth/hil/chip.h), and its target 0 the comparator. */
#ifndef CHIPS_ESP32C3_SYSTIMER_H
#define CHIPS_ESP32C3_SYSTIMER_H

#define SYSTIMER_SOURCE 37u /* of target 0, for intc.h */

/* From 0, no target set. */
void systimer_init(void);

#endif

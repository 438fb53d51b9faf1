/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves which interrupt source: a board's const table, for whatever
 * interrupt controller its chip has. */
#ifndef CHIPS_COMMON_IRQ_H
#define CHIPS_COMMON_IRQ_H

#include <stdint.h>

struct irq {
    uint32_t source;
    void (*serve)(void *device);
    void *device;
};

#endif

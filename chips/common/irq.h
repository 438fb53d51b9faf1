/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves which interrupt source: a board's const table, for whatever
 * interrupt controller its chip has. */
#ifndef CHIPS_COMMON_IRQ_H
#define CHIPS_COMMON_IRQ_H

#include <stdint.h>

#include <berth/compiler.h>

struct irq {
    uint32_t source;
    void (*serve)(void *device);
    void *device;
};

struct irq_table {
    const struct irq *rows;
    uint32_t count;
};

/* Defined by the board, by one of the two below: so that the compiler knows whom
 * an interrupt leads to. */
const struct irq_table *irq_table(void);

/* Of constant rows. */
#define IRQ_TABLE(...)                                                         \
    static const struct irq irq_rows[] = { __VA_ARGS__ };                      \
    IRQ_TABLE_OF(irq_rows)

/* Of an array whose sources are found out at boot. */
#define IRQ_TABLE_OF(array)                                                    \
    inline const struct irq_table *irq_table(void)                             \
    {                                                                          \
        static const struct irq_table table = { (array), ARRAY_COUNT(array) }; \
        return &table;                                                         \
    }

#endif

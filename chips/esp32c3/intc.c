/* SPDX-License-Identifier: Apache-2.0 */
/* See intc.h. Every source is a level until its device is served, so that nothing
 * is claimed or completed here: who has something is asked of the matrix. A
 * device that keeps pulling its line interrupts again. */
#include <arch/interrupts.h>
#include <berth/compiler.h>
#include <berth/hil/chip.h>
#include <berth/mmio.h>
#include <chips/esp32c3/intc.h>
#include <chips/esp32c3/systimer.h>

#define INTERRUPT 0x600C2000u
#define SOURCES 62u
enum {
    STATUS = 0xF8, /* two words, a bit for each source */
    CLOCK_GATE = 0x100,
    ENABLE = 0x104,
    TYPE = 0x108,
    CLEAR = 0x10C,
    PRIORITY = 0x114, /* of interrupt 0 */
    THRESHOLD = 0x194,
};

/* Interrupts of the core: any of 1 to 31. 7 has the mcause of the machine timer
 * interrupt. */
#define DEVICES 2u
#define TIMER 7u

static void lead(uint32_t source, uint32_t to)
{
    mmio_write32(INTERRUPT + 4 * source, to);
}

static void allow(uint32_t interrupt)
{
    mmio_write32(INTERRUPT + PRIORITY + 4 * interrupt, 1);
    mmio_write32(INTERRUPT + ENABLE,
                 mmio_read32(INTERRUPT + ENABLE) | 1u << interrupt);
}

void intc_init(void)
{
    const struct irq_table *table = irq_table();
    mmio_write32(INTERRUPT + ENABLE, 0);
    mmio_write32(INTERRUPT + CLOCK_GATE, 1);
    for (uint32_t source = 0; source < SOURCES; source++)
        lead(source, 0);
    mmio_write32(INTERRUPT + TYPE, 0); /* levels */
    mmio_write32(INTERRUPT + CLEAR, 0);
    mmio_write32(INTERRUPT + THRESHOLD, 1);
    lead(SYSTIMER_SOURCE, TIMER);
    for (uint32_t i = 0; i < table->count; i++)
        lead(table->rows[i].source, DEVICES);
    allow(TIMER);
    allow(DEVICES);
}

static bool is_pending(uint32_t source)
{
    return (mmio_read32(INTERRUPT + STATUS + 4 * (source / 32)) >> source % 32 &
            1u) != 0;
}

NOINLINE void chip_service(void)
{
    const struct irq_table *table = irq_table();
    for (uint32_t i = 0; i < table->count; i++)
        if (is_pending(table->rows[i].source))
            table->rows[i].serve(table->rows[i].device);
}

void chip_wait(void)
{
    interrupts_wait();
}

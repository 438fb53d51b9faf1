/* SPDX-License-Identifier: Apache-2.0 */
/* See plic.h. */
#include <arch/interrupts.h>
#include <berth/compiler.h>
#include <berth/hil/chip.h>
#include <berth/mmio.h>
#include <chips/common/plic.h>

#define PLIC 0x0C000000u
#define PRIORITY(source) (PLIC + 4 * (source))
#define ENABLE(source) (PLIC + 0x2000u + 4 * ((source) / 32))
#define THRESHOLD (PLIC + 0x200000u)
#define CLAIM (PLIC + 0x200004u)

/* How many claims one round serves: a source that never goes quiet must not
 * keep the kernel from the apps. */
#define CLAIMS_MAX 8

/* The threshold comes after the enables: some models look for pending sources
 * only then. */
COLD void plic_init(void)
{
    const struct irq_table *table = irq_table();
    mmio_write32(ENABLE(0), 0);
    mmio_write32(ENABLE(32), 0);
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t source = table->rows[i].source;
        mmio_write32(PRIORITY(source), 1);
        mmio_write32(ENABLE(source),
                     mmio_read32(ENABLE(source)) | 1u << source % 32);
    }
    mmio_write32(THRESHOLD, 0);
    interrupts_enable(INTERRUPTS_TIMER | INTERRUPTS_EXTERNAL);
}

static NOINLINE void serve(uint32_t source)
{
    const struct irq_table *table = irq_table();
    for (uint32_t n = 1; source != 0; n++) {
        for (uint32_t i = 0; i < table->count; i++)
            if (table->rows[i].source == source)
                table->rows[i].serve(table->rows[i].device);
        mmio_write32(CLAIM, source);
        source = n < CLAIMS_MAX ? mmio_read32(CLAIM) : 0;
    }
}

/* A claim may come back as 0, mostly, or for a device with nothing to do. */
NOINLINE void chip_service(void)
{
    uint32_t source = mmio_read32(CLAIM);
    if (source != 0)
        serve(source);
}

void chip_wait(void)
{
    interrupts_wait();
}

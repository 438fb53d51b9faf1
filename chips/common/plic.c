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

static const struct irq *irqs;
static uint32_t irq_count;

/* The threshold comes after the enables: some models look for pending sources
 * only then. */
COLD void plic_init(const struct irq *table, uint32_t count)
{
    irqs = table;
    irq_count = count;
    mmio_write32(ENABLE(0), 0);
    mmio_write32(ENABLE(32), 0);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t source = table[i].source;
        mmio_write32(PRIORITY(source), 1);
        mmio_write32(ENABLE(source),
                     mmio_read32(ENABLE(source)) | 1u << source % 32);
    }
    mmio_write32(THRESHOLD, 0);
    interrupts_enable(INTERRUPTS_TIMER | INTERRUPTS_EXTERNAL);
}

static NOINLINE void serve(uint32_t source)
{
    for (uint32_t n = 1; source != 0; n++) {
        for (uint32_t i = 0; i < irq_count; i++)
            if (irqs[i].source == source)
                irqs[i].serve(irqs[i].device);
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

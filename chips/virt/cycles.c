/* SPDX-License-Identifier: Apache-2.0 */
/* See cycles.h. */
#include <chips/virt/cycles.h>

/* The high half again: the low one may have turned in between. */
static uint64_t mcycle_now(const struct cycles *cycles)
{
    (void)cycles;
    for (;;) {
        uint32_t high, low, again;
        __asm__ volatile("csrr %0, mcycleh" : "=r"(high));
        __asm__ volatile("csrr %0, mcycle" : "=r"(low));
        __asm__ volatile("csrr %0, mcycleh" : "=r"(again));
        if (high == again)
            return (uint64_t)high << 32 | low;
    }
}

static const struct cycles_ops ops = { mcycle_now };

const struct cycles mcycle_cycles = { &ops };

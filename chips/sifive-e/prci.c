/* SPDX-License-Identifier: Apache-2.0 */
/* See prci.h. Whoever ran before may have left any clock on: go through the
 * ring oscillator, which is always there. */
#include <stdint.h>

#include <berth/mmio.h>
#include <chips/sifive-e/prci.h>

#define PRCI 0x10008000u
enum { HFROSC = 0x00, HFXOSC = 0x04, PLL = 0x08, PLL_OUT_DIV = 0x0C };

#define OSC_ENABLE (1u << 30)
#define OSC_READY (1u << 31)
#define HFROSC_DEFAULT (4u | 16u << 16) /* divide by 5, middle trim */
#define PLL_SELECT (1u << 16)
#define PLL_REF_CRYSTAL (1u << 17)
#define PLL_BYPASS (1u << 18)
#define DIVIDE_BY_1 (1u << 8)

static void oscillator_start(uint32_t reg, uint32_t config)
{
    mmio_write32(PRCI + reg, config | OSC_ENABLE);
    while ((mmio_read32(PRCI + reg) & OSC_READY) == 0)
        ;
}

void prci_use_ring(void)
{
    oscillator_start(HFROSC, HFROSC_DEFAULT);
    mmio_write32(PRCI + PLL, mmio_read32(PRCI + PLL) & ~PLL_SELECT);
    oscillator_start(HFXOSC, 0);
    mmio_write32(PRCI + PLL_OUT_DIV, DIVIDE_BY_1);
}

void prci_use_crystal(void)
{
    prci_use_ring();
    mmio_write32(PRCI + PLL, PLL_BYPASS | PLL_REF_CRYSTAL);
    mmio_write32(PRCI + PLL, PLL_BYPASS | PLL_REF_CRYSTAL | PLL_SELECT);
    mmio_write32(PRCI + HFROSC, HFROSC_DEFAULT); /* off */
}

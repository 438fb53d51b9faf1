/* SPDX-License-Identifier: Apache-2.0 */
/* See pll.h. The crystal is divided to 8 MHz, multiplied to 384 to 768 MHz, and
 * that divided by 2, 4 or 8. */
#include <chips/sifive-e/pll.h>

#include <stdbool.h>

#include <berth/mmio.h>
#include <chips/sifive-e/prci.h>
#include <chips/sifive-e/spi_flash.h>

#define PRCI 0x10008000u
enum { HFROSC = 0x00, PLL = 0x08 };
#define MTIME 0x0200BFF8u
#define SPI0_SCKDIV 0x10014000u

#define PLL_DIVIDE_BY_2 1u
#define PLL_F(f) ((f) << 4)
#define PLL_Q(q) ((q) << 10)
#define PLL_SELECT (1u << 16)
#define PLL_REF_CRYSTAL (1u << 17)
#define PLL_BYPASS (1u << 18)
#define PLL_LOCK (1u << 31)
#define HFROSC_OFF (4u | 16u << 16)

#define MHZ 1000000u
#define VCO_STEP (16 * MHZ) /* 8 MHz, times 2 (F + 1) */
#define VCO_MIN (384 * MHZ)
#define VCO_MAX (768 * MHZ)

/* Before that much time the lock bit says nothing: 100 us, in ticks of 32768 Hz,
 * the first of which is nearly over. */
#define SETTLE_TICKS 5u
#define LOCK_TICKS 164u /* 5 ms: it will not lock any more */

/* 0: there is none. */
static uint32_t pll_config(uint32_t hz)
{
    for (uint32_t q = 1; q <= 3 && hz <= PLL_HZ_MAX; q++) {
        uint32_t vco = hz << q;
        if (vco >= VCO_MIN && vco <= VCO_MAX && vco % VCO_STEP == 0)
            return PLL_DIVIDE_BY_2 | PLL_F(vco / VCO_STEP - 1) | PLL_Q(q) |
                   PLL_REF_CRYSTAL;
    }
    return 0;
}

static uint32_t ticks_since(uint32_t start)
{
    return mmio_read32(MTIME) - start;
}

static bool pll_locks(void)
{
    uint32_t start = mmio_read32(MTIME);
    while (ticks_since(start) < SETTLE_TICKS)
        ;
    while ((mmio_read32(PRCI + PLL) & PLL_LOCK) == 0)
        if (ticks_since(start) > LOCK_TICKS)
            return false;
    return true;
}

err_t prci_use_pll(uint32_t hz)
{
    uint32_t config = pll_config(hz);
    if (config == 0)
        return ERR_INVAL;
    prci_use_ring();
    mmio_write32(SPI0_SCKDIV, spi_flash_divider(hz));
    mmio_write32(PRCI + PLL, config | PLL_BYPASS);
    mmio_write32(PRCI + PLL, config);
    if (!pll_locks()) {
        prci_use_crystal();
        return ERR_FAIL;
    }
    mmio_write32(PRCI + PLL, config | PLL_SELECT);
    mmio_write32(PRCI + HFROSC, HFROSC_OFF);
    return OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's clocks: oscillators and a PLL that take their time. What would
 * leave the core without a clock, or beyond what the PLL can do, is a
 * violation. The core's frequency does not change how long instructions take
 * here, only how fast serial lines and SPI run. */
#ifndef TESTS_SIM_PRCI_H
#define TESTS_SIM_PRCI_H

#include <tests/sim/machine.h>

struct prci {
    struct device device;
    uint32_t hfrosc, hfxosc, pll, pll_div;
    uint64_t hfrosc_ready, hfxosc_ready, pll_lock, pll_settled; /* ns */
    bool is_instant;
    /* Told after each change of the core's clock. */
    void (*changed)(void *context);
    void *context;
};

void prci_add(struct machine *machine, struct prci *prci, uint32_t base,
              bool is_instant);

uint32_t prci_core_hz(const struct prci *prci);

#endif

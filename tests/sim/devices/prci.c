/* SPDX-License-Identifier: Apache-2.0 */
/* See prci.h. */
#include <tests/sim/devices/prci.h>

#include <berth/compiler.h>

enum { HFROSC = 0x00, HFXOSC = 0x04, PLL = 0x08, PLL_DIV = 0x0C };

#define ENABLE (1u << 30)
#define READY (1u << 31)
#define HFROSC_FIELDS 0x401F003Fu
#define PLL_FIELDS 0x00070FF7u
#define PLL_SELECT (1u << 16)
#define PLL_REF_CRYSTAL (1u << 17)
#define PLL_BYPASS (1u << 18)
#define DIVIDE_BY_1 (1u << 8)
#define CRYSTAL_HZ 16000000u
#define RING_HZ 72000000u
#define MHZ 1000000u

#define US 1000u
#define HFROSC_START (10 * US)
#define HFXOSC_START (500 * US)
#define PLL_LOCK (80 * US)
#define PLL_SETTLE (100 * US) /* before, its lock bit says nothing */

static struct prci *prci_of(struct device *device)
{
    return CONTAINER_OF(device, struct prci, device);
}

static uint32_t ring_hz(const struct prci *p)
{
    return RING_HZ / ((p->hfrosc & 0x3Fu) + 1);
}

static uint32_t reference_hz(const struct prci *p)
{
    return (p->pll & PLL_REF_CRYSTAL) != 0 ? CRYSTAL_HZ : ring_hz(p);
}

static uint32_t vco_hz(const struct prci *p)
{
    return reference_hz(p) / ((p->pll & 7u) + 1) *
           (2 * ((p->pll >> 4 & 0x3Fu) + 1));
}

static uint32_t pll_hz(const struct prci *p)
{
    return vco_hz(p) >> (p->pll >> 10 & 3u);
}

uint32_t prci_core_hz(const struct prci *p)
{
    if ((p->pll & PLL_SELECT) == 0)
        return ring_hz(p);
    uint32_t hz = (p->pll & PLL_BYPASS) != 0 ? reference_hz(p) : pll_hz(p);
    if ((p->pll_div & DIVIDE_BY_1) != 0)
        return hz;
    return hz / (2 * ((p->pll_div & 0x3Fu) + 1));
}

static uint64_t now_of(const struct prci *p)
{
    return machine_now(p->device.machine);
}

static bool runs(const struct prci *p, uint32_t oscillator, uint64_t ready)
{
    return (oscillator & ENABLE) != 0 && now_of(p) >= ready;
}

static bool reference_runs(const struct prci *p)
{
    return (p->pll & PLL_REF_CRYSTAL) != 0
               ? runs(p, p->hfxosc, p->hfxosc_ready)
               : runs(p, p->hfrosc, p->hfrosc_ready);
}

static bool is_between(uint32_t hz, uint32_t low_mhz, uint32_t high_mhz)
{
    return hz >= low_mhz * MHZ && hz <= high_mhz * MHZ;
}

static void check_pll(const struct prci *p)
{
    struct machine *machine = p->device.machine;
    uint32_t compared = reference_hz(p) / ((p->pll & 7u) + 1);
    if (!is_between(compared, 6, 12))
        machine_violation(machine,
                          "PRCI: the PLL divides its reference to %u Hz, it "
                          "wants 6 to 12 MHz",
                          compared);
    else if (!is_between(vco_hz(p), 384, 768))
        machine_violation(machine, "PRCI: VCO at %u Hz, it does 384 to 768 MHz",
                          vco_hz(p));
    else if (!is_between(pll_hz(p), 48, 384))
        machine_violation(machine, "PRCI: PLL at %u Hz, it does 48 to 384 MHz",
                          pll_hz(p));
    else if (now_of(p) < p->pll_lock)
        machine_violation(machine, "PRCI: the core runs from the PLL before it "
                                   "has locked");
    else if (now_of(p) < p->pll_settled)
        machine_violation(
            machine,
            "PRCI: the core runs from the PLL %u us after it was "
            "set up: within 100 us its lock bit says nothing",
            (uint32_t)((now_of(p) + PLL_SETTLE - p->pll_settled) / US));
}

/* It locks onto what is there when it is let go. */
static void check_reference(const struct prci *p)
{
    if ((p->pll & PLL_BYPASS) == 0 && !reference_runs(p))
        machine_violation(p->device.machine,
                          "PRCI: the PLL begins to lock while %s, its "
                          "reference, is off or not ready yet",
                          (p->pll & PLL_REF_CRYSTAL) != 0 ? "hfxosc"
                                                          : "hfrosc");
}

static void check(struct prci *p)
{
    struct machine *machine = p->device.machine;
    bool from_pll = (p->pll & PLL_SELECT) != 0;
    if (!from_pll && !runs(p, p->hfrosc, p->hfrosc_ready))
        machine_violation(machine,
                          "PRCI: the core is left without a clock: "
                          "hfrosc, which it runs from, is %s",
                          (p->hfrosc & ENABLE) != 0 ? "not ready yet" : "off");
    else if (from_pll && !reference_runs(p))
        machine_violation(machine,
                          "PRCI: the core is left without a clock: %s, the "
                          "reference it runs from, is off or not ready yet",
                          (p->pll & PLL_REF_CRYSTAL) != 0 ? "hfxosc"
                                                          : "hfrosc");
    else if (from_pll && (p->pll & PLL_BYPASS) == 0)
        check_pll(p);
    if (p->changed)
        p->changed(p->context);
}

static bool prci_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct prci *p = prci_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == HFROSC)
        *value = p->hfrosc | (runs(p, p->hfrosc, p->hfrosc_ready) ? READY : 0);
    else if (offset == HFXOSC)
        *value = p->hfxosc | (runs(p, p->hfxosc, p->hfxosc_ready) ? READY : 0);
    else if (offset == PLL)
        *value = p->pll | (now_of(p) >= p->pll_lock ? READY : 0);
    else if (offset == PLL_DIV)
        *value = p->pll_div;
    return true;
}

static uint64_t in(const struct prci *p, uint64_t ns)
{
    return p->is_instant ? 0 : now_of(p) + ns;
}

static bool prci_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct prci *p = prci_of(device);
    if (bytes != 4)
        return false;
    if (offset == HFROSC) {
        if ((value & ~p->hfrosc & ENABLE) != 0)
            p->hfrosc_ready = in(p, HFROSC_START);
        p->hfrosc = value & HFROSC_FIELDS;
    } else if (offset == HFXOSC) {
        if ((value & ~p->hfxosc & ENABLE) != 0)
            p->hfxosc_ready = in(p, HFXOSC_START);
        p->hfxosc = value & ENABLE;
    } else if (offset == PLL) {
        if (((value ^ p->pll) & PLL_FIELDS & ~PLL_SELECT) != 0) {
            p->pll_lock = in(p, PLL_LOCK);
            p->pll_settled = in(p, PLL_SETTLE);
        }
        p->pll = value & PLL_FIELDS;
        if ((p->pll & PLL_SELECT) == 0) /* if it is, check() looks closer */
            check_reference(p);
    } else if (offset == PLL_DIV) {
        p->pll_div = value & 0x13Fu;
    } else {
        return true;
    }
    check(p);
    return true;
}

/* As the stock bootloader may leave it: from the ring oscillator. */
static void prci_reset(struct device *device, enum reset_kind kind)
{
    struct prci *p = prci_of(device);
    (void)kind;
    p->hfrosc = ENABLE | 4u | 16u << 16;
    p->hfxosc = 0;
    p->pll = PLL_BYPASS | PLL_REF_CRYSTAL | 1u | 31u << 4 | 1u << 10;
    p->pll_div = DIVIDE_BY_1;
    p->hfrosc_ready = p->hfxosc_ready = p->pll_lock = p->pll_settled = 0;
    if (p->changed)
        p->changed(p->context);
}

static const struct device_ops prci_ops = {
    .load = prci_load,
    .store = prci_store,
    .reset = prci_reset,
};

void prci_add(struct machine *machine, struct prci *prci, uint32_t base,
              bool is_instant)
{
    prci->device = (struct device){
        .ops = &prci_ops, .name = "PRCI", .base = base, .size = 0x1000
    };
    prci->is_instant = is_instant;
    machine_add_device(machine, &prci->device);
}

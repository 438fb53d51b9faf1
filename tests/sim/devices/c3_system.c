/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_system.h. For a peripheral that has no clock, or is held in reset,
 * another device stands in the machine, which reports each access. */
#include <tests/sim/devices/c3_system.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    CPU_CLOCK = 0x00,
    CPU_RESET = 0x04,
    CPU_PERIOD = 0x08,
    CLOCKS = 0x10,
    RESETS = 0x18,
    SOFTWARE = 0x28,
    SYSCLK = 0x58,
    SIZE = 0x1000,
};
enum { SOFTWARE_COUNT = 4 };
enum { SOURCE_XTAL = 0, SOURCE_PLL = 1, SOURCE_RC = 2 };

#define MHZ 1000000u
#define RC_HZ 17500000u
#define APB_OF_PLL (80 * MHZ)
#define DIVIDER 0x3FFu
#define SOURCE(sysclk) ((sysclk) >> 10 & 3u)
#define SYSCLK_FIELDS 0xFFFu
#define SYSCLK_READS_XTAL (40u << 12)
#define PERIOD 3u
#define PERIOD_FIELDS 0xFFu
#define PERIOD_RESET 0x04u /* PLL at 480 MHz, CPU at 80 */
#define CLOCKS_RESET 0xF9C1E06Fu
#define CLOCKS_RESET_1 0x00000200u
#define RESETS_RESET_1 0x000001FEu

static struct c3_system *system_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_system, device);
}

uint32_t c3_cpu_hz(const struct c3_system *s)
{
    uint32_t divider = (s->sysclk & DIVIDER) + 1;
    if (SOURCE(s->sysclk) == SOURCE_PLL)
        return ((s->cpu_period & PERIOD) == 1 ? 160 : 80) * MHZ;
    return (SOURCE(s->sysclk) == SOURCE_RC ? RC_HZ : C3_XTAL_HZ) / divider;
}

uint32_t c3_apb_hz(const struct c3_system *s)
{
    return SOURCE(s->sysclk) == SOURCE_PLL ? APB_OF_PLL : c3_cpu_hz(s);
}

/* ---- peripherals without a clock ------------------------------------------------- */

static void report_closed(struct device *device, uint32_t offset)
{
    const struct c3_gated *g = CONTAINER_OF(device, struct c3_gated, closed);
    bool is_held = (g->system->resets[0] >> g->bit & 1u) != 0;
    machine_violation(device->machine,
                      "%s (+0x%x) is accessed while its %s (SYSTEM, %s bit %u)",
                      device->name, offset,
                      is_held ? "reset is held" : "clock is off",
                      is_held ? "PERIP_RST_EN0" : "PERIP_CLK_EN0", g->bit);
}

static bool closed_load(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    (void)bytes;
    *value = 0;
    report_closed(device, offset);
    return true;
}

static bool closed_store(struct device *device, uint32_t offset, uint32_t bytes,
                         uint32_t value)
{
    (void)bytes, (void)value;
    report_closed(device, offset);
    return true;
}

static const struct device_ops closed_ops = {
    .load = closed_load,
    .store = closed_store,
};

static void replace(struct machine *machine, const struct device *old,
                    struct device *new)
{
    for (uint32_t i = 0; i < machine->device_count; i++)
        if (machine->devices[i] == old)
            machine->devices[i] = new;
}

static void gate_look(struct c3_system *s, struct c3_gated *g)
{
    bool is_held = (s->resets[0] >> g->bit & 1u) != 0;
    bool is_closed = is_held || (s->clocks[0] >> g->bit & 1u) == 0;
    struct machine *machine = s->device.machine;
    if (is_held && g->device->ops->reset)
        g->device->ops->reset(g->device, RESET_WARM);
    if (g->is_closed == is_closed)
        return;
    g->is_closed = is_closed;
    if (is_closed)
        replace(machine, g->device, &g->closed);
    else
        replace(machine, &g->closed, g->device);
    machine_wake(machine);
}

static void gates_look(struct c3_system *s)
{
    for (uint32_t i = 0; i < s->gated_count; i++)
        gate_look(s, &s->gated[i]);
}

void c3_system_gate(struct c3_system *s, struct device *device,
                    enum c3_gate bit)
{
    struct c3_gated *g = &s->gated[s->gated_count++];
    g->device = device;
    g->closed = *device;
    g->closed.ops = &closed_ops;
    g->system = s;
    g->bit = bit;
    g->is_closed = false;
}

/* ---- registers ----------------------------------------------------------------------- */

static bool system_load(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    const struct c3_system *s = system_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == CPU_CLOCK)
        *value = s->cpu_clock;
    else if (offset == CPU_RESET)
        *value = s->cpu_reset;
    else if (offset == CPU_PERIOD)
        *value = s->cpu_period;
    else if ((offset & ~4u) == CLOCKS)
        *value = s->clocks[offset / 4 & 1u];
    else if ((offset & ~4u) == RESETS)
        *value = s->resets[offset / 4 & 1u];
    else if (offset >= SOFTWARE && offset < SOFTWARE + 4 * SOFTWARE_COUNT)
        *value = s->software >> (offset - SOFTWARE) / 4 & 1u;
    else if (offset == SYSCLK)
        *value = s->sysclk | SYSCLK_READS_XTAL;
    else
        return absent_register(device, offset);
    return true;
}

static void check_clock(struct c3_system *s)
{
    struct machine *machine = s->device.machine;
    if (SOURCE(s->sysclk) > SOURCE_RC)
        machine_violation(machine,
                          "SYSTEM: the CPU is left without a clock: source %u",
                          SOURCE(s->sysclk));
    else if (SOURCE(s->sysclk) == SOURCE_PLL && s->pll_is_off)
        machine_violation(machine,
                          "SYSTEM: the CPU is left without a clock: the PLL, "
                          "which it runs from, is powered down");
    else if (SOURCE(s->sysclk) == SOURCE_PLL && (s->cpu_period & PERIOD) > 1)
        machine_violation(machine,
                          "SYSTEM: CPU period %u: it is 0 (80 MHz) or 1 (160)",
                          s->cpu_period & PERIOD);
    if (s->changed)
        s->changed(s->context);
}

void c3_system_pll_is_off(struct c3_system *s, bool is_off)
{
    if (s->pll_is_off == is_off)
        return;
    s->pll_is_off = is_off;
    check_clock(s);
}

static void software_set(struct c3_system *s, uint32_t index, bool level)
{
    s->software =
        level ? s->software | 1u << index : s->software & ~(1u << index);
    c3_matrix_wire(s->matrix, C3_SOFTWARE0 + index, level);
}

static bool system_store(struct device *device, uint32_t offset, uint32_t bytes,
                         uint32_t value)
{
    struct c3_system *s = system_of(device);
    if (bytes != 4)
        return false;
    if (offset == CPU_CLOCK) {
        s->cpu_clock = value;
    } else if (offset == CPU_RESET) {
        s->cpu_reset = value;
    } else if (offset == CPU_PERIOD) {
        s->cpu_period = value & PERIOD_FIELDS;
        check_clock(s);
    } else if ((offset & ~4u) == CLOCKS) {
        s->clocks[offset / 4 & 1u] = value;
        gates_look(s);
    } else if ((offset & ~4u) == RESETS) {
        s->resets[offset / 4 & 1u] = value;
        gates_look(s);
    } else if (offset >= SOFTWARE && offset < SOFTWARE + 4 * SOFTWARE_COUNT) {
        software_set(s, (offset - SOFTWARE) / 4, (value & 1u) != 0);
    } else if (offset == SYSCLK) {
        s->sysclk = value & SYSCLK_FIELDS;
        check_clock(s);
    } else {
        return absent_register(device, offset);
    }
    return true;
}

/* As the ROM leaves it: the CPU on the crystal, the PLL running. */
static void system_reset(struct device *device, enum reset_kind kind)
{
    struct c3_system *s = system_of(device);
    (void)kind;
    s->sysclk = SOURCE_XTAL;
    s->cpu_period = PERIOD_RESET;
    s->cpu_clock = s->cpu_reset = 0;
    s->clocks[0] = CLOCKS_RESET;
    s->clocks[1] = CLOCKS_RESET_1;
    s->resets[0] = 0;
    s->resets[1] = RESETS_RESET_1;
    for (uint32_t i = 0; i < SOFTWARE_COUNT; i++)
        software_set(s, i, false);
    gates_look(s);
    if (s->changed)
        s->changed(s->context);
}

static const struct device_ops system_ops = {
    .load = system_load,
    .store = system_store,
    .reset = system_reset,
};

void c3_system_add(struct machine *machine, struct c3_system *system,
                   uint32_t base, struct c3_matrix *matrix)
{
    system->device = (struct device){
        .ops = &system_ops, .name = "SYSTEM", .base = base, .size = SIZE
    };
    system->matrix = matrix;
    machine_add_device(machine, &system->device);
}

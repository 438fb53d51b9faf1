/* SPDX-License-Identifier: Apache-2.0 */
/* See gpio.h. Edges pend until a 1 is written to them; levels too, but pend
 * again while the level lasts. */
#include <tests/sim/devices/gpio.h>

#include <string.h>

#include <berth/compiler.h>

enum {
    INPUT = 0x00,
    INPUT_ENABLE = 0x04,
    OUTPUT_ENABLE = 0x08,
    OUTPUT = 0x0C,
    PULL_UP = 0x10,
    RISE_IE = 0x18,
    RISE_IP = 0x1C,
    FALL_IE = 0x20,
    FALL_IP = 0x24,
    HIGH_IE = 0x28,
    HIGH_IP = 0x2C,
    LOW_IE = 0x30,
    LOW_IP = 0x34,
    IOF_ENABLE = 0x38,
    IOF_SELECT = 0x3C,
    INVERT = 0x40,
};

#define REG(g, offset) ((g)->registers[(offset) / 4])

static struct gpio *gpio_of(struct device *device)
{
    return CONTAINER_OF(device, struct gpio, device);
}

static bool is_pending_register(uint32_t offset)
{
    return offset >= RISE_IE && offset <= LOW_IP && (offset & 4u) != 0;
}

/* What an end of a wire gets that the chip drives at its other end. */
static void wire_carry(uint32_t from, uint32_t to, uint32_t drives,
                       uint32_t levels, uint32_t *driven,
                       uint32_t *driven_level)
{
    if ((drives & from) == 0 || (drives & to) != 0)
        return;
    *driven |= to;
    *driven_level =
        (levels & from) != 0 ? *driven_level | to : *driven_level & ~to;
}

static uint32_t pad_levels(const struct gpio *g)
{
    uint32_t own = REG(g, OUTPUT_ENABLE) & ~REG(g, IOF_ENABLE);
    uint32_t lent = REG(g, IOF_ENABLE) & REG(g, IOF_SELECT) & g->function1;
    uint32_t out =
        ((own & REG(g, OUTPUT)) | (lent & g->function1_level)) ^ REG(g, INVERT);
    uint32_t drives = own | lent;
    uint32_t driven = g->driven, level = g->driven_level;
    for (uint32_t i = 0; i < g->wire_count; i++) {
        uint32_t one = 1u << g->wires[i][0], other = 1u << g->wires[i][1];
        wire_carry(one, other, drives, out, &driven, &level);
        wire_carry(other, one, drives, out, &driven, &level);
    }
    uint32_t outside = (driven & level) | (~driven & REG(g, PULL_UP));
    return (drives & out) | (~drives & outside);
}

static void show(struct gpio *g)
{
    uint32_t own = REG(g, OUTPUT_ENABLE) & ~REG(g, IOF_ENABLE);
    uint32_t levels = pad_levels(g) & own;
    uint32_t changed = ((levels ^ g->shown) | (own & ~g->shown_enable)) & own;
    g->shown = levels;
    g->shown_enable = own;
    for (uint32_t pin = 0; g->shows_pins && pin < 32; pin++)
        if ((changed >> pin & 1u) != 0)
            fprintf(stderr, "sim: %.6f s: GPIO%u %s\n",
                    (double)machine_now(g->device.machine) / 1e9, pin,
                    (levels >> pin & 1u) != 0 ? "high" : "low");
}

static void update(struct gpio *g)
{
    uint32_t before = g->input;
    g->input = pad_levels(g) & REG(g, INPUT_ENABLE);
    REG(g, RISE_IP) |= g->input & ~before;
    REG(g, FALL_IP) |= ~g->input & before;
    REG(g, HIGH_IP) |= g->input;
    REG(g, LOW_IP) |= ~g->input;
    uint32_t wanted = 0;
    for (uint32_t ie = RISE_IE; ie <= LOW_IE; ie += 8)
        wanted |= REG(g, ie) & REG(g, ie + 4);
    for (uint32_t pin = 0; g->plic && pin < 32; pin++)
        plic_wire(g->plic, g->first_source + pin, (wanted >> pin & 1u) != 0);
    show(g);
}

void gpio_drive(struct gpio *g, uint32_t pin, bool level)
{
    uint32_t bit = 1u << pin % 32;
    g->driven |= bit;
    g->driven_level = level ? g->driven_level | bit : g->driven_level & ~bit;
    update(g);
    machine_wake(g->device.machine);
}

void gpio_function1(struct gpio *g, uint32_t pin, bool level)
{
    uint32_t bit = 1u << pin;
    g->function1 |= bit;
    g->function1_level =
        level ? g->function1_level | bit : g->function1_level & ~bit;
    update(g);
}

void gpio_wire(struct gpio *g, uint8_t one, uint8_t other)
{
    g->wires[g->wire_count][0] = one;
    g->wires[g->wire_count++][1] = other;
}

bool gpio_is_function0(const struct gpio *g, uint32_t pins)
{
    return (REG(g, IOF_ENABLE) & ~REG(g, IOF_SELECT) & pins) == pins;
}

static bool gpio_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct gpio *g = gpio_of(device);
    if (bytes != 4)
        return false;
    *value = offset == INPUT ? g->input : offset <= INVERT ? REG(g, offset) : 0;
    return true;
}

static bool gpio_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct gpio *g = gpio_of(device);
    if (bytes != 4)
        return false;
    if (offset == INPUT || offset > INVERT)
        return true;
    if (is_pending_register(offset))
        REG(g, offset) &= ~value;
    else
        REG(g, offset) = value;
    update(g);
    return true;
}

static void gpio_reset(struct device *device, enum reset_kind kind)
{
    struct gpio *g = gpio_of(device);
    (void)kind;
    memset(g->registers, 0, sizeof g->registers);
    g->input = g->shown = g->shown_enable = 0;
    update(g);
}

static const struct device_ops gpio_ops = {
    .load = gpio_load,
    .store = gpio_store,
    .reset = gpio_reset,
};

void gpio_add(struct machine *machine, struct gpio *gpio, uint32_t base,
              struct plic *plic, uint32_t first_source, bool shows_pins)
{
    *gpio = (struct gpio){
        .device = { .ops = &gpio_ops,
                    .name = "GPIO",
                    .base = base,
                    .size = 0x1000 },
        .plic = plic,
        .first_source = first_source,
        .shows_pins = shows_pins,
    };
    machine_add_device(machine, &gpio->device);
}

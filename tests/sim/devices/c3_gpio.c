/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_gpio.h. */
#include <tests/sim/devices/c3_gpio.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    OUT = 0x04,
    OUT_SET = 0x08,
    OUT_CLEAR = 0x0C,
    ENABLE = 0x20,
    ENABLE_SET = 0x24,
    ENABLE_CLEAR = 0x28,
    STRAPS = 0x38,
    IN = 0x3C,
    STATUS = 0x44,
    STATUS_SET = 0x48,
    STATUS_CLEAR = 0x4C,
    CPU_INTERRUPT = 0x5C,
    PIN = 0x74,
    IN_SELECT = 0x154,
    OUT_SELECT = 0x554,
    CLOCK_GATE = 0x62C,
    SIZE = 0x700,
    MUX_CONTROL = 0x00,
    MUX_PIN = 0x04,
    MUX_SIZE = 0x100,
};
enum { OFF, RISE, FALL, BOTH, LOW, HIGH };

#define ALL ((1u << C3_PINS) - 1)
#define FLASH_PINS (0x3Fu << 12)
#define PIN_FIELDS 0x0003FF87u
#define OPEN_DRAIN 4u
#define TYPE(pin) ((pin) >> 7 & 7u)
#define FOR_CPU (1u << 13)
#define PLAIN_GPIO 128u
#define OUT_SELECT_FIELDS 0x7FFu
#define USE_MATRIX (1u << 6)
#define PULL_DOWN (1u << 7)
#define PULL_UP (1u << 8)
#define INPUT_ENABLE (1u << 9)
#define FUNCTION(mux) ((mux) >> 12 & 7u)
#define MUX_FIELDS 0x0000FFFFu
#define MUX_RESET 0x00000800u /* function 0, drive 2 */
/* Function 0 is GPIO as well at the pins that have nothing better to do. */
#define FUNCTION_0_IS_GPIO 0x000C070Fu
#define STRAP_GPIO2 4u
#define STRAP_GPIO8 8u /* [3] GPIO8, [1:0] GPIO9 and the reset's */

static struct c3_gpio *gpio_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_gpio, device);
}

static struct c3_gpio *gpio_of_mux(struct device *device)
{
    return CONTAINER_OF(device, struct c3_gpio, mux);
}

/* ---- levels ------------------------------------------------------------------------ */

static bool is_gpio(const struct c3_gpio *g, uint32_t pin)
{
    uint32_t function = FUNCTION(g->io_mux[pin]);
    return function == 1 ||
           (function == 0 && (FUNCTION_0_IS_GPIO >> pin & 1u) != 0);
}

/* Those that the GPIO registers drive. */
static uint32_t own_pins(const struct c3_gpio *g)
{
    uint32_t own = 0;
    for (uint32_t pin = 0; pin < C3_PINS; pin++)
        if (is_gpio(g, pin) && (g->out_select[pin] & 0xFFu) == PLAIN_GPIO &&
            ((g->pin[pin] & OPEN_DRAIN) == 0 || (g->out >> pin & 1u) == 0))
            own |= 1u << pin;
    return own & g->enable;
}

static uint32_t pulled_up(const struct c3_gpio *g)
{
    uint32_t pulled = 0;
    for (uint32_t pin = 0; pin < C3_PINS; pin++)
        if ((g->io_mux[pin] & PULL_UP) != 0)
            pulled |= 1u << pin;
    return pulled | 1u << C3_PIN_BOOT; /* the board's resistor */
}

static uint32_t pad_levels(const struct c3_gpio *g)
{
    uint32_t own = own_pins(g);
    uint32_t outside =
        (g->driven & g->driven_level) | (~g->driven & pulled_up(g));
    return ((own & g->out) | (~own & outside)) & ALL;
}

static void show(struct c3_gpio *g)
{
    uint32_t own = own_pins(g), levels = g->out & own;
    uint32_t changed = ((levels ^ g->shown) | (own & ~g->shown_enable)) & own;
    g->shown = levels;
    g->shown_enable = own;
    for (uint32_t pin = 0; g->shows_pins && pin < C3_PINS; pin++)
        if ((changed >> pin & 1u) != 0)
            fprintf(stderr, "sim: %.6f s: GPIO%u %s\n",
                    (double)machine_now(g->device.machine) / 1e9, pin,
                    (levels >> pin & 1u) != 0 ? "high" : "low");
}

static bool triggers(uint32_t type, bool before, bool now)
{
    switch (type) {
    case RISE:
        return !before && now;
    case FALL:
        return before && !now;
    case BOTH:
        return before != now;
    case LOW:
        return !now;
    case HIGH:
        return now;
    default:
        return false;
    }
}

static uint32_t for_cpu(const struct c3_gpio *g)
{
    uint32_t wanted = 0;
    for (uint32_t pin = 0; pin < C3_PINS; pin++)
        if ((g->pin[pin] & FOR_CPU) != 0)
            wanted |= 1u << pin;
    return g->status & wanted;
}

static void update(struct c3_gpio *g)
{
    uint32_t before = g->input, pads = pad_levels(g);
    g->input = 0;
    for (uint32_t pin = 0; pin < C3_PINS; pin++) {
        if ((g->io_mux[pin] & INPUT_ENABLE) != 0)
            g->input |= pads & 1u << pin;
        if (triggers(TYPE(g->pin[pin]), (before >> pin & 1u) != 0,
                     (g->input >> pin & 1u) != 0))
            g->status |= 1u << pin;
    }
    c3_matrix_wire(g->matrix, C3_GPIO, for_cpu(g) != 0);
    show(g);
}

void c3_gpio_drive(struct c3_gpio *g, uint32_t pin, bool level)
{
    uint32_t bit = 1u << pin % 32;
    g->driven |= bit;
    g->driven_level = level ? g->driven_level | bit : g->driven_level & ~bit;
    update(g);
    machine_wake(g->device.machine);
}

bool c3_gpio_sends(const struct c3_gpio *g)
{
    if (FUNCTION(g->io_mux[C3_PIN_TX]) == 0)
        return true;
    return is_gpio(g, C3_PIN_TX) &&
           (g->out_select[C3_PIN_TX] & 0xFFu) == C3_SIGNAL_UART0;
}

bool c3_gpio_hears(const struct c3_gpio *g)
{
    uint32_t select = g->in_select[C3_SIGNAL_UART0];
    if ((g->io_mux[C3_PIN_RX] & INPUT_ENABLE) == 0)
        return false;
    if ((select & USE_MATRIX) != 0)
        return (select & 0x1Fu) == C3_PIN_RX;
    return FUNCTION(g->io_mux[C3_PIN_RX]) == 0;
}

/* ---- the GPIO block -------------------------------------------------------------------- */

static bool is_in(uint32_t offset, uint32_t first, uint32_t words)
{
    return offset >= first && offset < first + 4 * words;
}

static bool gpio_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct c3_gpio *g = gpio_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == OUT)
        *value = g->out;
    else if (offset == ENABLE)
        *value = g->enable;
    else if (offset == STRAPS)
        *value = g->straps;
    else if (offset == IN)
        *value = g->input;
    else if (offset == STATUS)
        *value = g->status;
    else if (offset == CPU_INTERRUPT)
        *value = for_cpu(g);
    else if (offset == CLOCK_GATE)
        *value = g->clock_gate;
    else if (is_in(offset, PIN, C3_PINS))
        *value = g->pin[(offset - PIN) / 4];
    else if (is_in(offset, IN_SELECT, C3_SIGNALS))
        *value = g->in_select[(offset - IN_SELECT) / 4];
    else if (is_in(offset, OUT_SELECT, C3_PINS))
        *value = g->out_select[(offset - OUT_SELECT) / 4];
    else
        return absent_register(device, offset);
    return true;
}

static void check_flash_pins(struct c3_gpio *g, uint32_t pins)
{
    if ((pins & FLASH_PINS) != 0)
        machine_violation(g->device.machine,
                          "GPIO%d is taken from the flash, which the program "
                          "is read from",
                          __builtin_ctz(pins & FLASH_PINS));
}

static bool set_word(struct c3_gpio *g, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case OUT:
        g->out = value & ALL;
        return true;
    case OUT_SET:
        g->out |= value & ALL;
        return true;
    case OUT_CLEAR:
        g->out &= ~value;
        return true;
    case ENABLE:
        g->enable = value & ALL;
        break;
    case ENABLE_SET:
        g->enable |= value & ALL;
        break;
    case ENABLE_CLEAR:
        g->enable &= ~value;
        return true;
    case STATUS:
        g->status = value & ALL;
        return true;
    case STATUS_SET:
        g->status |= value & ALL;
        return true;
    case STATUS_CLEAR:
        g->status &= ~value;
        return true;
    case CLOCK_GATE:
        g->clock_gate = value & 1u;
        return true;
    default:
        return offset == STRAPS || offset == IN || offset == CPU_INTERRUPT;
    }
    check_flash_pins(g, g->enable);
    return true;
}

static bool gpio_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct c3_gpio *g = gpio_of(device);
    if (bytes != 4)
        return false;
    if (is_in(offset, PIN, C3_PINS))
        g->pin[(offset - PIN) / 4] = value & PIN_FIELDS;
    else if (is_in(offset, IN_SELECT, C3_SIGNALS))
        g->in_select[(offset - IN_SELECT) / 4] = value & 0x7Fu;
    else if (is_in(offset, OUT_SELECT, C3_PINS))
        g->out_select[(offset - OUT_SELECT) / 4] = value & OUT_SELECT_FIELDS;
    else if (!set_word(g, offset, value))
        return absent_register(device, offset);
    update(g);
    return true;
}

/* As the ROM leaves it: UART0 at its pins. */
static void gpio_reset(struct device *device, enum reset_kind kind)
{
    struct c3_gpio *g = gpio_of(device);
    (void)kind;
    g->out = g->enable = g->status = 0;
    memset(g->pin, 0, sizeof g->pin);
    memset(g->in_select, 0, sizeof g->in_select);
    for (uint32_t pin = 0; pin < C3_PINS; pin++) {
        g->out_select[pin] = PLAIN_GPIO;
        g->io_mux[pin] = MUX_RESET;
    }
    g->io_mux[C3_PIN_BOOT] |= INPUT_ENABLE | PULL_UP;
    g->io_mux[C3_PIN_RX] |= INPUT_ENABLE | PULL_UP;
    g->io_mux[C3_PIN_TX] |= PULL_UP;
    g->input = g->shown = g->shown_enable = 0;
    g->clock_gate = 1;
    g->mux_control = 0;
    g->straps = STRAP_GPIO8 | STRAP_GPIO2 |
                ((pad_levels(g) >> C3_PIN_BOOT & 1u) != 0 ? 2u : 0);
    update(g);
    g->status = 0;
}

static const struct device_ops gpio_ops = {
    .load = gpio_load,
    .store = gpio_store,
    .reset = gpio_reset,
};

/* ---- IO_MUX ----------------------------------------------------------------------------- */

static bool mux_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct c3_gpio *g = gpio_of_mux(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == MUX_CONTROL)
        *value = g->mux_control;
    else if (is_in(offset, MUX_PIN, C3_PINS))
        *value = g->io_mux[(offset - MUX_PIN) / 4];
    else
        return absent_register(device, offset);
    return true;
}

static bool mux_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct c3_gpio *g = gpio_of_mux(device);
    if (bytes != 4)
        return false;
    if (offset == MUX_CONTROL) {
        g->mux_control = value;
    } else if (is_in(offset, MUX_PIN, C3_PINS)) {
        uint32_t pin = (offset - MUX_PIN) / 4;
        if (FUNCTION(value) != 0)
            check_flash_pins(g, 1u << pin);
        g->io_mux[pin] = value & MUX_FIELDS;
    } else {
        return absent_register(device, offset);
    }
    update(g);
    return true;
}

static const struct device_ops mux_ops = {
    .load = mux_load,
    .store = mux_store,
};

void c3_gpio_add(struct machine *machine, struct c3_gpio *gpio, uint32_t base,
                 uint32_t mux_base, struct c3_matrix *matrix, bool shows_pins)
{
    *gpio = (struct c3_gpio){
        .device = { .ops = &gpio_ops,
                    .name = "GPIO",
                    .base = base,
                    .size = SIZE },
        .mux = { .ops = &mux_ops,
                 .name = "IO_MUX",
                 .base = mux_base,
                 .size = MUX_SIZE },
        .matrix = matrix,
        .shows_pins = shows_pins,
    };
    machine_add_device(machine, &gpio->device);
    machine_add_device(machine, &gpio->mux);
}

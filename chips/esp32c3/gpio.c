/* SPDX-License-Identifier: Apache-2.0 */
/* See gpio.h. */
#include <berth/compiler.h>
#include <berth/mmio.h>
#include <chips/esp32c3/gpio.h>

#define GPIO 0x60004000u
enum {
    OUT = 0x04,
    OUT_SET = 0x08,
    OUT_CLEAR = 0x0C,
    ENABLE = 0x20,
    ENABLE_SET = 0x24,
    ENABLE_CLEAR = 0x28,
    IN = 0x3C,
    STATUS_CLEAR = 0x4C,
    FOR_CORE = 0x5C, /* pins that interrupt the core */
    PIN = 0x74,      /* one word each */
    OUT_SELECT = 0x554,
};
#define PIN_EDGE(edge) ((edge) << 7)
#define PIN_INTERRUPTS (1u << 13)
#define FROM_OUT 128u /* no peripheral: OUT and ENABLE drive it */

#define IO_MUX 0x60009004u /* one word each */
#define PULL_DOWN (1u << 7)
#define PULL_UP (1u << 8)
#define INPUT (1u << 9)
#define DRIVE_MEDIUM (2u << 10)
#define FUNCTION_GPIO (1u << 12)

static uint32_t number_of(const struct gpio_pin *pin)
{
    return CONTAINER_OF(pin, const struct esp_pin, pin)->number;
}

static uint32_t mask_of(const struct gpio_pin *pin)
{
    return 1u << number_of(pin);
}

/* The pad is the GPIO block's, with those of INPUT and the resistors. */
static void pad_set(const struct gpio_pin *pin, uint32_t what)
{
    mmio_write32(IO_MUX + 4 * number_of(pin),
                 FUNCTION_GPIO | DRIVE_MEDIUM | what);
}

/* Who reads an output finds what it was set to. */
static void pin_output(struct gpio_pin *pin)
{
    mmio_write32(GPIO + OUT_SELECT + 4 * number_of(pin), FROM_OUT);
    mmio_write32(GPIO + ENABLE_SET, mask_of(pin));
    pad_set(pin, 0);
}

static err_t pin_input(struct gpio_pin *pin, enum gpio_pull pull)
{
    mmio_write32(GPIO + ENABLE_CLEAR, mask_of(pin));
    pad_set(pin, INPUT | (pull == GPIO_PULL_UP     ? PULL_UP
                          : pull == GPIO_PULL_DOWN ? PULL_DOWN
                                                   : 0));
    return OK;
}

static void pin_set(struct gpio_pin *pin, bool high)
{
    mmio_write32(GPIO + (high ? OUT_SET : OUT_CLEAR), mask_of(pin));
}

static bool pin_get(struct gpio_pin *pin)
{
    bool is_output = (mmio_read32(GPIO + ENABLE) & mask_of(pin)) != 0;
    return (mmio_read32(GPIO + (is_output ? OUT : IN)) & mask_of(pin)) != 0;
}

static void pin_unwatch(struct gpio_pin *pin)
{
    mmio_write32(GPIO + PIN + 4 * number_of(pin), 0);
    mmio_write32(GPIO + STATUS_CLEAR, mask_of(pin));
}

/* An output is watched through its pad, too. */
static void pin_watch(struct gpio_pin *pin, enum gpio_edge edge)
{
    static const uint8_t edges[] = {
        [GPIO_EDGE_BOTH] = 3, [GPIO_EDGE_RISING] = 1, [GPIO_EDGE_FALLING] = 2
    };
    uint32_t pad = IO_MUX + 4 * number_of(pin);
    pin_unwatch(pin);
    mmio_write32(pad, mmio_read32(pad) | INPUT);
    mmio_write32(GPIO + PIN + 4 * number_of(pin),
                 PIN_EDGE((uint32_t)edges[edge]) | PIN_INTERRUPTS);
}

static void pin_off(struct gpio_pin *pin)
{
    pin_unwatch(pin);
    mmio_write32(GPIO + ENABLE_CLEAR, mask_of(pin));
    pad_set(pin, 0);
}

const struct gpio_ops esp_pin_ops = {
    pin_output, pin_input, pin_set, pin_get, pin_watch, pin_unwatch, pin_off,
};

/* The level is read after the edge is taken: one that comes in between
 * interrupts again. */
void esp_gpio_serve(void *device)
{
    const struct esp_gpio *g = device;
    uint32_t pending = mmio_read32(GPIO + FOR_CORE);
    mmio_write32(GPIO + STATUS_CLEAR, pending);
    for (uint32_t i = 0; i < g->count; i++) {
        struct gpio_pin *pin = &g->pins[i]->pin;
        if ((pending & mask_of(pin)) != 0)
            pin->client->changed(pin->client, pin, pin_get(pin));
    }
}

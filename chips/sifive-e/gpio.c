/* SPDX-License-Identifier: Apache-2.0 */
/* See gpio.h. */
#include <berth/compiler.h>
#include <berth/mmio.h>
#include <chips/sifive-e/gpio.h>

#define GPIO 0x10012000u
enum {
    INPUT = 0x00,
    INPUT_ENABLE = 0x04,
    OUTPUT_ENABLE = 0x08,
    OUTPUT = 0x0C,
    PULL_UP = 0x10,
    RISE_ENABLE = 0x18,
    RISE_PENDING = 0x1C,
    FALL_ENABLE = 0x20,
    FALL_PENDING = 0x24,
    IOF_ENABLE = 0x38,
    IOF_SELECT = 0x3C,
};

static void bits_set(uint32_t reg, uint32_t mask)
{
    mmio_write32(GPIO + reg, mmio_read32(GPIO + reg) | mask);
}

static void bits_clear(uint32_t reg, uint32_t mask)
{
    mmio_write32(GPIO + reg, mmio_read32(GPIO + reg) & ~mask);
}

static uint32_t pin_mask(const struct led *led)
{
    return 1u << CONTAINER_OF(led, const struct gpio_led, led)->pin;
}

static void led_set(const struct led *led, bool on)
{
    if (on)
        bits_clear(OUTPUT, pin_mask(led));
    else
        bits_set(OUTPUT, pin_mask(led));
}

static bool led_get(const struct led *led)
{
    return (mmio_read32(GPIO + OUTPUT) & pin_mask(led)) == 0;
}

const struct led_ops gpio_led_ops = { led_set, led_get };

void gpio_led_init(const struct gpio_led *led)
{
    bits_clear(IOF_ENABLE, pin_mask(&led->led));
    led_set(&led->led, false);
    bits_set(OUTPUT_ENABLE, pin_mask(&led->led));
}

/* ---- pins for drivers ------------------------------------------------------ */

static uint32_t mask_of(const struct gpio_pin *pin)
{
    return 1u << CONTAINER_OF(pin, const struct sifive_pin, pin)->number;
}

static void pin_output(struct gpio_pin *pin)
{
    uint32_t mask = mask_of(pin);
    bits_clear(IOF_ENABLE, mask);
    bits_clear(PULL_UP, mask);
    bits_set(OUTPUT_ENABLE, mask);
}

static err_t pin_input(struct gpio_pin *pin, enum gpio_pull pull)
{
    uint32_t mask = mask_of(pin);
    if (pull == GPIO_PULL_DOWN)
        return ERR_NOSUPPORT;
    bits_clear(IOF_ENABLE, mask);
    bits_clear(OUTPUT_ENABLE, mask);
    if (pull == GPIO_PULL_UP)
        bits_set(PULL_UP, mask);
    else
        bits_clear(PULL_UP, mask);
    bits_set(INPUT_ENABLE, mask);
    return OK;
}

static void pin_set(struct gpio_pin *pin, bool high)
{
    if (high)
        bits_set(OUTPUT, mask_of(pin));
    else
        bits_clear(OUTPUT, mask_of(pin));
}

/* Of an output what it was set to: its input may be off. */
static bool pin_get(struct gpio_pin *pin)
{
    uint32_t mask = mask_of(pin);
    bool is_output = (mmio_read32(GPIO + OUTPUT_ENABLE) & mask) != 0;
    return (mmio_read32(GPIO + (is_output ? OUTPUT : INPUT)) & mask) != 0;
}

/* Pending bits are cleared by a one. */
static void edges_forget(uint32_t mask)
{
    mmio_write32(GPIO + RISE_PENDING, mask);
    mmio_write32(GPIO + FALL_PENDING, mask);
}

static void pin_unwatch(struct gpio_pin *pin)
{
    uint32_t mask = mask_of(pin);
    bits_clear(RISE_ENABLE, mask);
    bits_clear(FALL_ENABLE, mask);
    edges_forget(mask);
}

static void pin_watch(struct gpio_pin *pin, enum gpio_edge edge)
{
    uint32_t mask = mask_of(pin);
    pin_unwatch(pin);
    bits_set(INPUT_ENABLE, mask);
    edges_forget(mask);
    if (edge != GPIO_EDGE_FALLING)
        bits_set(RISE_ENABLE, mask);
    if (edge != GPIO_EDGE_RISING)
        bits_set(FALL_ENABLE, mask);
}

static void pin_off(struct gpio_pin *pin)
{
    uint32_t mask = mask_of(pin);
    pin_unwatch(pin);
    bits_clear(OUTPUT_ENABLE, mask);
    bits_clear(INPUT_ENABLE, mask);
    bits_clear(PULL_UP, mask);
}

const struct gpio_ops sifive_pin_ops = {
    pin_output, pin_input, pin_set, pin_get, pin_watch, pin_unwatch, pin_off,
};

/* The interrupt may come once more for an edge that was taken already. The
 * level is read after the edge is taken: one that comes in between interrupts
 * again. */
void sifive_pin_serve(void *device)
{
    struct gpio_pin *pin = &((struct sifive_pin *)device)->pin;
    uint32_t mask = mask_of(pin);
    uint32_t rise =
        mmio_read32(GPIO + RISE_PENDING) & mmio_read32(GPIO + RISE_ENABLE);
    uint32_t fall =
        mmio_read32(GPIO + FALL_PENDING) & mmio_read32(GPIO + FALL_ENABLE);
    if (((rise | fall) & mask) == 0)
        return;
    edges_forget(mask);
    pin->client->changed(pin->client, pin, pin_get(pin));
}

void gpio_function0(uint32_t mask)
{
    bits_clear(IOF_SELECT, mask);
    bits_set(IOF_ENABLE, mask);
}

void gpio_function1(uint32_t mask)
{
    bits_set(IOF_SELECT, mask);
    bits_set(IOF_ENABLE, mask);
}

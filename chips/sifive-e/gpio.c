/* SPDX-License-Identifier: Apache-2.0 */
/* See gpio.h. */
#include <berth/compiler.h>
#include <berth/mmio.h>
#include <chips/sifive-e/gpio.h>

#define GPIO 0x10012000u
enum {
    OUTPUT_ENABLE = 0x08,
    OUTPUT = 0x0C,
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

void gpio_function0(uint32_t mask)
{
    bits_clear(IOF_SELECT, mask);
    bits_set(IOF_ENABLE, mask);
}

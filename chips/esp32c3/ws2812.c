/* SPDX-License-Identifier: Apache-2.0 */
/* See ws2812.h. A bit is 1.25 us, of which the pin is high for 0.35 or 0.7, each
 * within 150 ns: 24 of them are timed by the core's cycles, with interrupts off,
 * in 30 us. What follows within 300 us would be for a second lamp: it is put off
 * till then, and only the last of it is sent. */
#include <berth/compiler.h>
#include <chips/esp32c3/performance.h>
#include <chips/esp32c3/ws2812.h>

/* Cycles of 160 MHz. */
#define BIT 200u
#define HIGH_0 56u
#define HIGH_1 112u

#define PAUSE_TICKS 4800u /* of the kernel's clock, 16 MHz */
#define LEVEL 0x18u       /* of 255: bright enough on a desk */
#define BITS 24u

static void level_until(struct ws2812 *lamp, bool high, uint32_t began,
                        uint32_t cycles)
{
    struct gpio_pin *pin = &lamp->pin->pin;
    pin->ops->set(pin, high);
    while (performance_cycles() - began < cycles)
        ;
}

/* Green, red, blue, most significant bit first. */
static uint32_t signal_of(uint32_t lit)
{
    return ((lit & WS2812_GREEN) != 0 ? LEVEL << 16 : 0) |
           ((lit & WS2812_RED) != 0 ? LEVEL << 8 : 0) |
           ((lit & WS2812_BLUE) != 0 ? LEVEL : 0);
}

static void send(struct ws2812 *lamp)
{
    uint32_t bits = signal_of(lamp->lit);
    performance_start();
    for (uint32_t bit = 1u << (BITS - 1); bit != 0; bit >>= 1) {
        uint32_t began = performance_cycles();
        level_until(lamp, true, began, (bits & bit) != 0 ? HIGH_1 : HIGH_0);
        level_until(lamp, false, began, BIT);
    }
    performance_off();
    lamp->end = ktime_now();
}

static void on_timer(struct ktimer *timer)
{
    send(CONTAINER_OF(timer, struct ws2812, later));
}

static const struct ws2812_led *self_of(const struct led *led)
{
    return CONTAINER_OF(led, const struct ws2812_led, led);
}

static bool led_get(const struct led *led)
{
    return (self_of(led)->lamp->lit & self_of(led)->colour) != 0;
}

static void led_set(const struct led *led, bool on)
{
    struct ws2812 *lamp = self_of(led)->lamp;
    uint32_t colour = self_of(led)->colour;
    if (led_get(led) == on)
        return;
    lamp->lit ^= colour;
    if (lamp->later.armed)
        return;
    if (ktime_now() - lamp->end >= PAUSE_TICKS)
        send(lamp);
    else
        ktimer_arm(&lamp->later, lamp->end + PAUSE_TICKS);
}

const struct led_ops ws2812_led_ops = { led_set, led_get };

void ws2812_init(struct ws2812 *lamp)
{
    struct gpio_pin *pin = &lamp->pin->pin;
    lamp->later.fire = on_timer;
    pin->ops->set(pin, false);
    pin->ops->output(pin);
    send(lamp);
}

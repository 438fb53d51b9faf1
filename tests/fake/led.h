/* SPDX-License-Identifier: Apache-2.0 */
/* A LED for tests: struct fake_led red = { { &fake_led_ops }, &red_is_on }; */
#ifndef TESTS_FAKE_LED_H
#define TESTS_FAKE_LED_H

#include <berth/compiler.h>
#include <berth/hil/led.h>

struct fake_led {
    struct led led;
    bool *on; /* LEDs are const for their users; the light is not */
};

static inline void fake_led_set(const struct led *led, bool on)
{
    *((const struct fake_led *)(const void *)led)->on = on;
}

static inline bool fake_led_get(const struct led *led)
{
    return *((const struct fake_led *)(const void *)led)->on;
}

static const struct led_ops fake_led_ops = { fake_led_set, fake_led_get };

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's GPIO block: pin functions, and pins that drive LEDs. */
#ifndef CHIPS_SIFIVE_E_GPIO_H
#define CHIPS_SIFIVE_E_GPIO_H

#include <stdint.h>

#include <berth/hil/led.h>

/* An LED between the pin and the supply: lit when the pin is low. */
struct gpio_led {
    struct led led; /* first: ops */
    uint8_t pin;
};

extern const struct led_ops gpio_led_ops;

/* Make the pin an output, the LED dark. */
void gpio_led_init(const struct gpio_led *led);

/* Give the pins in `mask` to the first peripheral wired to them. */
void gpio_function0(uint32_t mask);

#endif

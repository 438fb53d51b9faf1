/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's GPIO block: pin functions, pins that drive LEDs, and pins for
 * whatever. */
#ifndef CHIPS_SIFIVE_E_GPIO_H
#define CHIPS_SIFIVE_E_GPIO_H

#include <stdint.h>

#include <berth/hil/gpio.h>
#include <berth/hil/led.h>

/* An LED between the pin and the supply: lit when the pin is low. */
struct gpio_led {
    struct led led; /* first: ops */
    uint8_t pin;
};

extern const struct led_ops gpio_led_ops;

/* Make the pin an output, the LED dark. */
void gpio_led_init(const struct gpio_led *led);

/* A pin for a driver. It has a pull-up, no pull-down. */
struct sifive_pin {
    struct gpio_pin pin; /* first: ops */
    uint8_t number;
};

extern const struct gpio_ops sifive_pin_ops;

/* The interrupt of a pin, for the board's table: source
 * SIFIVE_PIN_SOURCE(number), served with the struct sifive_pin. */
#define SIFIVE_PIN_SOURCE(number) (8u + (number))
void sifive_pin_serve(void *device);

/* Give the pins in `mask` to the first peripheral wired to them. */
void gpio_function0(uint32_t mask);

/* ... to the second: PWM. */
void gpio_function1(uint32_t mask);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* GPIO pins, driver 0x4.
 *
 *  command 1(pin)        output
 *  command 2, 3, 4(pin)  set, clear, toggle
 *  command 5(pin, pull)  input; 0: no resistor, 1: pull-up, 2: pull-down
 *                        NOSUPPORT: the pin has no such resistor
 *  command 6(pin)        its level as a u32, 0 or 1
 *  command 7(pin, edge)  events from now on; 0: both, 1: rising, 2: falling
 *                        NOSUPPORT: no such edge
 *  command 8(pin)        no events any more, and the pin is off
 *  command 9(pin)        the pin is off
 *  command 10            how many there are, as a u32
 *  event 0               (pin, level, 0), to every app that has given a command
 *
 * INVAL: no pin of that number. NODEVICE: it is not led out. NOMEM, to 7 and 8:
 * no room for the grant; other commands work without, but there are no events
 * then. Pins have no owners: any app may use any of them. Events that only one
 * app asked for end with it. */
#ifndef DRIVERS_GPIO_H
#define DRIVERS_GPIO_H

#include <berth/hil/gpio.h>
#include <kernel/driver.h>

#define GPIO_PINS_MAX 32u

struct gpio_driver {
    struct grant grant;
    struct gpio_client client;
    struct gpio_pin *const *pins; /* NULL: not led out */
    uint32_t count;
};

extern const struct driver_ops gpio_driver_ops;

/* `count` is at most GPIO_PINS_MAX. */
void gpio_driver_init(struct gpio_driver *driver, struct gpio_pin *const *pins,
                      uint32_t count);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons, driver 0x3.
 *
 *  command 0         how many there are, as a u32
 *  command 1(index)  events of that button from now on
 *  command 2(index)  no longer
 *  command 3(index)  1 if it is pressed, else 0, as a u32
 *  event 0           (index, 1 pressed or 0 released, 0), to the apps that
 *                    asked for events of that button
 *
 * INVAL: no button of that index. NOMEM, to 1 and 2: no room for the grant. */
#ifndef DRIVERS_BUTTON_H
#define DRIVERS_BUTTON_H

#include <berth/hil/gpio.h>
#include <kernel/driver.h>

#define BUTTONS_MAX 32u

struct button {
    struct gpio_pin *pin;
    enum gpio_pull pull;
    bool pressed_low; /* pressing it makes the pin low */
};

struct button_driver {
    struct grant grant;
    struct gpio_client client;
    const struct button *buttons;
    uint32_t count;
};

extern const struct driver_ops button_driver_ops;

/* Makes the pins inputs. `count` is at most BUTTONS_MAX. */
void button_driver_init(struct button_driver *driver,
                        const struct button *buttons, uint32_t count);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* LEDs, driver 0x2.
 *
 *  command 0         how many there are, as a u32
 *  command 1(index)  on
 *  command 2(index)  off
 *  command 3(index)  toggle
 *  command 4(index)  1 if on, 0 if off, as a u32
 *
 * INVAL: there is no LED of that index. Nothing is kept per app. */
#ifndef DRIVERS_LED_H
#define DRIVERS_LED_H

#include <berth/hil/led.h>
#include <kernel/driver.h>

struct led_driver {
    const struct led *const *leds;
    uint32_t count;
};

extern const struct driver_ops led_driver_ops;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* PWM pins, driver 0x10.
 *
 *  command 0                       how many there are, as a u32
 *  command 1(duty << 16 | pin, hz) start, high for `duty` 10000ths of the time
 *                                  INVAL: a duty above 10000, or a rate that
 *                                  is 0 or above the highest; what the pin
 *                                  refuses
 *  command 2(pin)                  stop; OFF: it does not run
 *  command 3(pin)                  the highest rate in Hz, as a u32
 *  event 0                         a number there is; nothing is told by it
 *
 * INVAL: no pin of that number. RESERVE, to 1 and 2: another app's pin. A pin
 * is an app's from start to stop, or until it ends: then it is stopped. NOMEM:
 * no room for the grant. */
#ifndef DRIVERS_PWM_H
#define DRIVERS_PWM_H

#include <berth/hil/pwm.h>
#include <kernel/driver.h>

#define PWM_PINS_MAX 32u

struct pwm_driver {
    struct grant grant;
    const struct pwm_pin *const *pins;
    uint32_t count;
};

extern const struct driver_ops pwm_driver_ops;

/* `count` is at most PWM_PINS_MAX. */
void pwm_driver_init(struct pwm_driver *driver,
                     const struct pwm_pin *const *pins, uint32_t count);

#endif

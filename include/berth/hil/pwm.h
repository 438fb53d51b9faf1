/* SPDX-License-Identifier: Apache-2.0 */
/* A pin that a timer makes high for part of each period. */
#ifndef BERTH_HIL_PWM_H
#define BERTH_HIL_PWM_H

#include <stdint.h>

#include <berth/err.h>

#define PWM_DUTY_ALWAYS 10000u /* all of the period */

struct pwm_pin;

struct pwm_ops {
    /* `hz` periods a second, at least 1 and at most max_hz(), in each of them
     * high for `duty` 10000ths. In place of what ran. BUSY: pins that share a
     * timer run at another rate; INVAL: this timer has none so low. Nothing has
     * changed then. */
    err_t (*start)(const struct pwm_pin *pin, uint32_t hz, uint32_t duty);
    void (*stop)(const struct pwm_pin *pin); /* the pin is low then */
    uint32_t (*max_hz)(const struct pwm_pin *pin);
};

struct pwm_pin {
    const struct pwm_ops *ops;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's PWM timers: three comparators each drive a pin, the fourth gives
 * the period, so pins of one timer run at one rate. */
#ifndef CHIPS_SIFIVE_E_PWM_H
#define CHIPS_SIFIVE_E_PWM_H

#include <berth/hil/pwm.h>

struct sifive_pwm {
    uint32_t base;
    uint32_t clock; /* of the core, Hz */
    uint8_t bits;   /* of its comparators: 8 (PWM0) or 16 */
    uint8_t runs;   /* bit n: comparator n drives its pin */
    uint32_t hz;    /* what those run at; 0: none does */
};

/* A pin of a timer, for the board's table. The pin belongs to the timer:
 * gpio_function1(). */
struct sifive_pwm_pin {
    struct pwm_pin pin; /* first: ops */
    struct sifive_pwm *timer;
    uint8_t comparator; /* 1 to 3 */
};

/* start() answers INVAL, too: the timer is not that slow (8 bits at 320 MHz: 39
 * Hz). */
extern const struct pwm_ops sifive_pwm_ops;

/* Stand still, all pins low. */
void sifive_pwm_init(struct sifive_pwm *timer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A PWM pin for tests: struct fake_pwm p = { { &fake_pwm_ops }, &state }; */
#ifndef TESTS_FAKE_PWM_H
#define TESTS_FAKE_PWM_H

#include <tests/fake/kernel.h>

#include <berth/compiler.h>
#include <berth/hil/pwm.h>

#define FAKE_PWM_MAX 100000u

struct fake_pwm_state {
    uint32_t hz, duty; /* hz 0: it does not run */
    err_t refuses;     /* what start() answers */
};

struct fake_pwm {
    struct pwm_pin pin;
    struct fake_pwm_state *state; /* pins are const for their users */
};

static inline struct fake_pwm_state *fake_pwm_of(const struct pwm_pin *pin)
{
    return ((const struct fake_pwm *)(const void *)pin)->state;
}

static inline err_t fake_pwm_start(const struct pwm_pin *pin, uint32_t hz,
                                   uint32_t duty)
{
    struct fake_pwm_state *s = fake_pwm_of(pin);
    assert_in_range(hz, 1, FAKE_PWM_MAX);
    assert_in_range(duty, 0, PWM_DUTY_ALWAYS);
    if (s->refuses == OK) {
        s->hz = hz;
        s->duty = duty;
    }
    return s->refuses;
}

static inline void fake_pwm_stop(const struct pwm_pin *pin)
{
    fake_pwm_of(pin)->hz = 0;
}

static inline uint32_t fake_pwm_max(const struct pwm_pin *pin)
{
    (void)pin;
    return FAKE_PWM_MAX;
}

static const struct pwm_ops fake_pwm_ops = { fake_pwm_start, fake_pwm_stop,
                                             fake_pwm_max };

#endif

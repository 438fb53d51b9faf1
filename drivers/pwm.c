/* SPDX-License-Identifier: Apache-2.0 */
/* PWM driver: see pwm.h. */
#include <drivers/pwm.h>

enum { COUNT, START, STOP, MAX_HZ };
enum { EVENT_COUNT = 1 }; /* the ABI has a number that nothing is told by */

struct ALIGNED(8) app_pwm {
    uint32_t owned; /* bit n: pin n */
};

static bool is_anothers(const struct pwm_driver *d, uint32_t pin,
                        const struct process *self)
{
    struct process *p = NULL;
    while ((p = grant_next(&d->grant, p)) != NULL) {
        const struct app_pwm *a = grant_peek(&d->grant, p);
        if (p != self && (a->owned >> pin & 1) != 0)
            return true;
    }
    return false;
}

static err_t start(const struct pwm_pin *pin, uint32_t n, uint32_t duty,
                   uint32_t hz, struct app_pwm *a)
{
    if (duty > PWM_DUTY_ALWAYS || hz == 0 || hz > pin->ops->max_hz(pin))
        return ERR_INVAL;
    err_t e = pin->ops->start(pin, hz, duty);
    if (e == OK)
        a->owned |= 1u << n;
    return e;
}

static err_t stop(const struct pwm_pin *pin, uint32_t n, struct app_pwm *a)
{
    if ((a->owned >> n & 1) == 0)
        return ERR_OFF;
    a->owned &= ~(1u << n);
    pin->ops->stop(pin);
    return OK;
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    const struct pwm_driver *d = self;
    uint32_t n = number == START ? arg1 & 0xFFFF : arg1;
    if (number == COUNT)
        return sysret_u32(d->count);
    if (number > MAX_HZ)
        return sysret_failure(ERR_NOSUPPORT);
    if (n >= d->count)
        return sysret_failure(ERR_INVAL);
    const struct pwm_pin *pin = d->pins[n];
    if (number == MAX_HZ)
        return sysret_u32(pin->ops->max_hz(pin));
    struct app_pwm *a = grant_enter(&d->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (is_anothers(d, n, p))
        return sysret_failure(ERR_RESERVE);
    return sysret_of(number == START ? start(pin, n, arg1 >> 16, arg2, a)
                                     : stop(pin, n, a));
}

static void gone(void *self, struct process *p)
{
    const struct pwm_driver *d = self;
    struct app_pwm *a = grant_peek(&d->grant, p);
    for (uint32_t n = 0; a != NULL && n < d->count; n++)
        (void)stop(d->pins[n], n, a); /* those that it owns */
}

const struct driver_ops pwm_driver_ops = { .command = command, .gone = gone };

void pwm_driver_init(struct pwm_driver *d, const struct pwm_pin *const *pins,
                     uint32_t count)
{
    d->grant.layout = (struct grant_layout){ .upcalls = EVENT_COUNT,
                                             .size = sizeof(struct app_pwm) };
    d->pins = pins;
    d->count = count;
}

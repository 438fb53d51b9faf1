/* SPDX-License-Identifier: Apache-2.0 */
/* See pwm.h. The counter, shifted right by the scale, is what comparators see.
 * A pin is high while that is at least its comparator, so the high part is the
 * end of a period. With ZERO_COMPARE the counter begins anew one cycle after it
 * has come to comparator 0; with DEGLITCH a comparator that is moved in the
 * middle of a period makes no second pulse in it. */
#include <chips/sifive-e/pwm.h>

#include <stdbool.h>

#include <berth/compiler.h>
#include <berth/mmio.h>

enum { CONFIG = 0x00, COUNT = 0x08, COMPARE = 0x20 };

#define ZERO_COMPARE (1u << 9)
#define DEGLITCH (1u << 10)
#define ALWAYS (1u << 12)
#define SCALE_MAX 15u
#define STEPS_MIN 100u /* of duty, at the highest rate */

struct period {
    uint32_t scale, ticks; /* of the counter, shifted by the scale */
};

static const struct sifive_pwm_pin *pin_of(const struct pwm_pin *pin)
{
    return CONTAINER_OF(pin, const struct sifive_pwm_pin, pin);
}

static void compare_set(const struct sifive_pwm *t, uint32_t n, uint32_t value)
{
    mmio_write32(t->base + COMPARE + 4 * n, value);
}

/* What no counter of this width gets to before comparator 0 stops it. */
static uint32_t never(const struct sifive_pwm *t)
{
    return (1u << t->bits) - 1;
}

/* The finest there is; false: the timer is not that slow. */
static bool period_find(const struct sifive_pwm *t, uint32_t hz,
                        struct period *p)
{
    for (p->scale = 0; p->scale <= SCALE_MAX; p->scale++) {
        p->ticks = (t->clock >> p->scale) / hz;
        if (p->ticks < never(t))
            return true;
    }
    return false;
}

static uint32_t high_from(const struct sifive_pwm *t, const struct period *p,
                          uint32_t duty)
{
    uint32_t high = (uint32_t)((uint64_t)p->ticks * duty / PWM_DUTY_ALWAYS);
    return high == 0 ? never(t) : p->ticks - high;
}

static uint32_t pwm_max_hz(const struct pwm_pin *pin)
{
    return pin_of(pin)->timer->clock / STEPS_MIN;
}

static err_t pwm_start(const struct pwm_pin *pin, uint32_t hz, uint32_t duty)
{
    const struct sifive_pwm_pin *self = pin_of(pin);
    struct sifive_pwm *t = self->timer;
    uint8_t bit = (uint8_t)(1u << self->comparator);
    struct period p;
    bool is_shared = (t->runs & ~bit) != 0;
    if (!period_find(t, hz, &p))
        return ERR_INVAL;
    if (is_shared && hz != t->hz)
        return ERR_BUSY;
    compare_set(t, self->comparator, high_from(t, &p, duty));
    t->runs |= bit;
    if (t->hz == hz)
        return OK; /* the counter runs on */
    t->hz = hz;
    compare_set(t, 0, p.ticks);
    mmio_write32(t->base + COUNT, 0);
    mmio_write32(t->base + CONFIG, p.scale | ZERO_COMPARE | DEGLITCH | ALWAYS);
    return OK;
}

/* The last one leaves a counter that stands. */
static void pwm_stop(const struct pwm_pin *pin)
{
    const struct sifive_pwm_pin *self = pin_of(pin);
    struct sifive_pwm *t = self->timer;
    compare_set(t, self->comparator, never(t));
    t->runs &= (uint8_t) ~(1u << self->comparator);
    if (t->runs == 0)
        sifive_pwm_init(t);
}

const struct pwm_ops sifive_pwm_ops = { pwm_start, pwm_stop, pwm_max_hz };

void sifive_pwm_init(struct sifive_pwm *t)
{
    t->runs = 0;
    t->hz = 0;
    mmio_write32(t->base + CONFIG, 0);
    mmio_write32(t->base + COUNT, 0);
    for (uint32_t n = 0; n < 4; n++)
        compare_set(t, n, never(t));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See pwm.h. */
#include <tests/sim/devices/pwm.h>

#include <berth/compiler.h>

enum { CONFIG = 0x00, COUNT = 0x08, SCALED = 0x10, COMPARE = 0x20 };

#define SCALE(config) ((config)&15u)
#define STICKY (1u << 8)
#define ZERO_COMPARE (1u << 9)
#define DEGLITCH (1u << 10)
#define ALWAYS (1u << 12)
#define NOT_MODELLED (1u << 13 | 0xFu << 16 | 0xFu << 24)
#define CONFIG_FIELDS (15u | STICKY | ZERO_COMPARE | DEGLITCH | ALWAYS)
#define PENDING_SHIFT 28
#define COUNT_MORE_BITS 15
#define NS_PER_S UINT64_C(1000000000)

static struct pwm *pwm_of(struct device *device)
{
    return CONTAINER_OF(device, struct pwm, device);
}

static uint64_t now_of(const struct pwm *p)
{
    return machine_now(p->device.machine);
}

/* After so many clocks the counter is 0 again: a cycle after the match. */
static uint64_t period(const struct pwm *p)
{
    uint64_t all = UINT64_C(1) << (p->bits + COUNT_MORE_BITS);
    uint64_t match = ((uint64_t)p->compare[0] << SCALE(p->config)) + 1;
    return (p->config & ZERO_COMPARE) != 0 && match < all ? match : all;
}

static uint32_t scaled(const struct pwm *p, uint64_t count)
{
    return (uint32_t)(count >> SCALE(p->config)) & ((1u << p->bits) - 1);
}

static uint64_t clocks_passed(const struct pwm *p, uint64_t now)
{
    return (p->config & ALWAYS) != 0 ? (now - p->since) * p->hz / NS_PER_S : 0;
}

static uint32_t above(const struct pwm *p, uint64_t count)
{
    uint32_t found = 0;
    for (uint32_t n = 0; n < PWM_COMPARATORS; n++)
        found |= (uint32_t)(scaled(p, count) >= p->compare[n]) << n;
    return found;
}

static void tell(struct pwm *p)
{
    for (uint32_t n = 0; n < PWM_COMPARATORS; n++) {
        bool level = (p->pending >> n & 1u) != 0;
        gpio_function1(p->gpio, p->pins[n], level);
        plic_wire(p->plic, p->first_source + n, level);
    }
}

/* Up to now, by whole periods: in a new one nothing is held. */
static void advance(struct pwm *p)
{
    uint64_t now = now_of(p), passed = clocks_passed(p, now);
    uint64_t count = p->count + passed;
    bool is_anew = count >= period(p);
    if (passed == 0 && !is_anew)
        return;
    p->since += passed * NS_PER_S / p->hz;
    p->count = is_anew ? (count - period(p)) % period(p) : count;
    bool holds =
        (p->config & STICKY) != 0 || ((p->config & DEGLITCH) != 0 && !is_anew);
    p->pending = above(p, p->count) | (holds ? p->pending : 0);
    tell(p);
}

static void change_end(struct pwm *p)
{
    p->hz = prci_core_hz(p->prci);
    p->since = now_of(p);
    if (p->count >= period(p))
        p->count = 0;
    bool holds = (p->config & (STICKY | DEGLITCH)) != 0;
    p->pending = above(p, p->count) | (holds ? p->pending : 0);
    tell(p);
}

static bool pwm_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct pwm *p = pwm_of(device);
    if (bytes != 4)
        return false;
    advance(p);
    *value = 0;
    if (offset == CONFIG)
        *value = p->config | p->pending << PENDING_SHIFT;
    else if (offset == COUNT)
        *value = (uint32_t)p->count;
    else if (offset == SCALED)
        *value = scaled(p, p->count);
    else if (offset >= COMPARE && offset < COMPARE + 4 * PWM_COMPARATORS)
        *value = p->compare[(offset - COMPARE) / 4];
    return true;
}

static bool pwm_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct pwm *p = pwm_of(device);
    if (bytes != 4)
        return false;
    advance(p);
    if (offset == CONFIG) {
        if ((value & NOT_MODELLED) != 0)
            machine_violation(device->machine,
                              "%s: pwmcfg 0x%08x: one-shot, centred and ganged "
                              "comparators are not modelled",
                              device->name, value);
        p->config = value & CONFIG_FIELDS;
        p->pending = value >> PENDING_SHIFT;
    } else if (offset == COUNT) {
        p->count = value;
    } else if (offset >= COMPARE && offset < COMPARE + 4 * PWM_COMPARATORS) {
        p->compare[(offset - COMPARE) / 4] = value & ((1u << p->bits) - 1);
    }
    change_end(p);
    return true;
}

/* The next comparator, or the end of the period. */
static uint64_t pwm_due(const struct device *device)
{
    const struct pwm *p = CONTAINER_OF(device, const struct pwm, device);
    uint64_t next = period(p);
    if ((p->config & ALWAYS) == 0)
        return NEVER;
    for (uint32_t n = 0; n < PWM_COMPARATORS; n++) {
        uint64_t at = (uint64_t)p->compare[n] << SCALE(p->config);
        if (at > p->count && at < next)
            next = at;
    }
    return p->since + ((next - p->count) * NS_PER_S + p->hz - 1) / p->hz;
}

static void pwm_serve(struct device *device, uint64_t now)
{
    (void)now;
    advance(pwm_of(device));
}

static void pwm_reset(struct device *device, enum reset_kind kind)
{
    struct pwm *p = pwm_of(device);
    (void)kind;
    p->config = p->pending = 0;
    p->count = 0;
    for (uint32_t n = 0; n < PWM_COMPARATORS; n++)
        p->compare[n] = (1u << p->bits) - 1;
    change_end(p);
}

static const struct device_ops pwm_ops = {
    pwm_load, pwm_store, pwm_due, pwm_serve, pwm_reset,
};

void pwm_add(struct machine *machine, struct pwm *pwm, const char *name,
             uint32_t base)
{
    pwm->device = (struct device){
        .ops = &pwm_ops, .name = name, .base = base, .size = 0x1000
    };
    machine_add_device(machine, &pwm->device);
}

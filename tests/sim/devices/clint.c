/* SPDX-License-Identifier: Apache-2.0 */
/* See clint.h. mtime runs on in a reset; mtimecmp is not reset by a warm one
 * and is 0 at first, so the timer pends from the first instruction. */
#include <tests/sim/devices/clint.h>

#include <berth/compiler.h>

enum { MSIP = 0, COMPARE = 0x4000, TIME = 0xBFF8, SIZE = 0x10000 };

#define NS_PER_S 1000000000u

/* Seconds and the rest apart, so that nothing overflows. */
uint64_t clock_ticks(uint64_t ns, uint32_t hz)
{
    return ns / NS_PER_S * hz + ns % NS_PER_S * hz / NS_PER_S;
}

uint64_t clock_reaches(uint64_t ticks, uint32_t hz)
{
    uint64_t seconds = ticks / hz;
    if (seconds >= NEVER / NS_PER_S)
        return NEVER;
    return seconds * NS_PER_S + (ticks % hz * NS_PER_S + hz - 1) / hz;
}

static struct clint *clint_of(struct device *device)
{
    return CONTAINER_OF(device, struct clint, device);
}

static uint64_t mtime(const struct clint *c)
{
    return clock_ticks(machine_now(c->device.machine), c->hz) + c->offset;
}

static uint64_t time_csr(struct machine *machine)
{
    return mtime(clint_of(machine->time_device));
}

/* When `left` more ticks will have gone by. */
static uint64_t due_in(const struct clint *c, uint64_t left)
{
    uint64_t now = machine_now(c->device.machine);
    uint64_t ticks = clock_ticks(now, c->hz);
    uint64_t span = clock_reaches(left, c->hz);
    if (NEVER - ticks <= left || NEVER - now <= span)
        return NEVER;
    return c->is_late ? now + span : clock_reaches(ticks + left, c->hz);
}

/* mtime's offset may have wrapped, hence the difference. */
static void timer_update(struct clint *c)
{
    uint64_t time = mtime(c);
    bool is_due = time >= c->compare;
    machine_set_mtip(c->device.machine, is_due);
    c->due = is_due ? NEVER : due_in(c, c->compare - time);
}

static uint64_t half_set(uint64_t old, bool is_high, uint32_t value)
{
    return is_high ? (old & 0xFFFFFFFFu) | (uint64_t)value << 32
                   : (old & ~(uint64_t)0xFFFFFFFFu) | value;
}

static bool clint_load(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t *value)
{
    struct clint *c = clint_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == MSIP)
        *value = c->software;
    else if ((offset & ~4u) == COMPARE)
        *value = (uint32_t)(c->compare >> (offset & 4u ? 32 : 0));
    else if ((offset & ~4u) == TIME)
        *value = (uint32_t)(mtime(c) >> (offset & 4u ? 32 : 0));
    return true;
}

static bool clint_store(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t value)
{
    struct clint *c = clint_of(device);
    bool is_high = (offset & 4u) != 0;
    if (bytes != 4)
        return false;
    if (offset == MSIP) {
        c->software = (value & 1u) != 0;
        machine_set_msip(device->machine, c->software);
    } else if ((offset & ~4u) == COMPARE) {
        c->compare = half_set(c->compare, is_high, value);
        timer_update(c);
    } else if ((offset & ~4u) == TIME) {
        c->offset += half_set(mtime(c), is_high, value) - mtime(c);
        timer_update(c);
    }
    return true;
}

static uint64_t clint_due(const struct device *device)
{
    return CONTAINER_OF(device, const struct clint, device)->due;
}

static void clint_serve(struct device *device, uint64_t now)
{
    (void)now;
    timer_update(clint_of(device));
}

static void clint_reset(struct device *device, enum reset_kind kind)
{
    struct clint *c = clint_of(device);
    if (kind == RESET_POWER_ON) {
        c->compare = 0;
        c->offset = -clock_ticks(machine_now(device->machine), c->hz);
    }
    c->software = false;
    machine_set_msip(device->machine, false);
    timer_update(c);
}

static const struct device_ops clint_ops = {
    clint_load, clint_store, clint_due, clint_serve, clint_reset,
};

void clint_add(struct machine *machine, struct clint *clint, uint32_t base,
               uint32_t hz)
{
    clint->device = (struct device){
        .ops = &clint_ops, .name = "CLINT", .base = base, .size = SIZE
    };
    clint->hz = hz;
    machine_add_device(machine, &clint->device);
    machine->time = time_csr;
    machine->time_device = &clint->device;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_systimer.h. */
#include <tests/sim/devices/c3_systimer.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>
#include <tests/sim/devices/clint.h>

enum {
    CONF = 0x00,
    UPDATE = 0x04,
    LOAD_VALUE = 0x0C,
    TARGET = 0x1C,
    TARGET_CONF = 0x34,
    VALUE = 0x40,
    TARGET_LOAD = 0x50,
    UNIT_LOAD = 0x5C,
    INT_ENABLE = 0x64,
    INT_RAW = 0x68,
    INT_CLEAR = 0x6C,
    INT_STATUS = 0x70,
    SIZE = 0x100,
};

#define HZ 16000000u
#define MASK ((UINT64_C(1) << 52) - 1)
#define HIGH_MASK 0xFFFFFu
#define CONF_RESET 0x46000000u /* unit 0 runs, unit 1 would stall */
#define CONF_FIELDS 0xFFC00001u
#define UNIT_RUNS(unit) (1u << (30 - (unit)))
#define TARGET_WORKS(target) (1u << (24 - (target)))
#define DO_UPDATE (1u << 30)
#define IS_VALID (1u << 29)
#define UNIT_1 (1u << 31)
#define PERIODIC (1u << 30)
#define PERIOD 0x03FFFFFFu
#define TARGET_CONF_FIELDS (UNIT_1 | PERIODIC | PERIOD)
#define ALL_TARGETS 7u
/* Three ticks until the value has crossed into the register's clock. */
#define VALID_NS 188u

static struct c3_systimer *timer_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_systimer, device);
}

static uint64_t now_of(const struct c3_systimer *t)
{
    return machine_now(t->device.machine);
}

/* ---- counters ------------------------------------------------------------------ */

static uint64_t unit_value(const struct c3_systimer *t, const struct c3_unit *u)
{
    uint64_t gone = u->runs ? clock_ticks(now_of(t), HZ) - u->since : 0;
    return (u->value + gone) & MASK;
}

static void unit_set(const struct c3_systimer *t, struct c3_unit *u,
                     uint64_t value, bool runs)
{
    u->value = value & MASK;
    u->since = clock_ticks(now_of(t), HZ);
    u->runs = runs;
}

/* When the counter will have gone on by that many ticks. */
static uint64_t due_in(const struct c3_systimer *t, uint64_t left)
{
    return clock_reaches(clock_ticks(now_of(t), HZ) + left, HZ);
}

/* ---- comparators ----------------------------------------------------------------- */

static void target_look(struct c3_systimer *t, uint32_t index)
{
    struct c3_target *target = &t->targets[index];
    const struct c3_unit *u = &t->units[(target->conf & UNIT_1) != 0 ? 1 : 0];
    uint64_t value = unit_value(t, u);
    target->due = NEVER;
    if ((t->conf & TARGET_WORKS(index)) == 0 || !target->is_armed)
        return;
    if (value >= target->compare) {
        t->raw |= 1u << index;
        target->is_armed = (target->conf & PERIODIC) != 0;
        if (target->is_armed)
            target->compare +=
                (target->conf & PERIOD) ? target->conf & PERIOD : MASK;
    }
    if (target->is_armed && u->runs)
        target->due =
            due_in(t, value >= target->compare ? 1 : target->compare - value);
}

static void update(struct c3_systimer *t)
{
    for (uint32_t i = 0; i < C3_SYSTIMER_TARGETS; i++) {
        target_look(t, i);
        c3_matrix_wire(t->matrix, C3_SYSTIMER0 + i,
                       (t->raw & t->enabled & 1u << i) != 0);
    }
}

/* What was written becomes what is compared with. */
static void target_load(struct c3_systimer *t, uint32_t index)
{
    struct c3_target *target = &t->targets[index];
    const struct c3_unit *u = &t->units[(target->conf & UNIT_1) != 0 ? 1 : 0];
    if ((target->conf & PERIODIC) != 0)
        target->compare = unit_value(t, u) + (target->conf & PERIOD);
    else
        target->compare = target->written;
    target->is_armed = true;
}

static void conf_set(struct c3_systimer *t, uint32_t value)
{
    uint32_t before = t->conf;
    t->conf = value & CONF_FIELDS;
    for (uint32_t i = 0; i < C3_SYSTIMER_UNITS; i++)
        if (((before ^ t->conf) & UNIT_RUNS(i)) != 0)
            unit_set(t, &t->units[i], unit_value(t, &t->units[i]),
                     (t->conf & UNIT_RUNS(i)) != 0);
    for (uint32_t i = 0; i < C3_SYSTIMER_TARGETS; i++)
        if ((~before & t->conf & TARGET_WORKS(i)) != 0)
            t->targets[i].is_armed = true;
}

/* ---- registers ----------------------------------------------------------------------- */

static uint32_t value_load(struct c3_systimer *t, uint32_t index, bool is_high)
{
    const struct c3_unit *u = &t->units[index];
    if (u->valid == NEVER || now_of(t) < u->valid)
        machine_violation(t->device.machine,
                          "SYSTIMER: the value of unit %u is read %s: ask for "
                          "it (bit 30 of +0x%02x), then wait for bit 29",
                          index,
                          u->valid == NEVER ? "without having been asked for"
                                            : "before it is valid",
                          UPDATE + 4 * index);
    return (uint32_t)(is_high ? u->latched >> 32 : u->latched);
}

static bool is_in(uint32_t offset, uint32_t first, uint32_t words)
{
    return offset >= first && offset < first + 4 * words;
}

static uint32_t half(uint64_t value, uint32_t offset)
{
    return (uint32_t)(offset % 8 == 4 ? value >> 32 : value);
}

static bool timer_load(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t *value)
{
    struct c3_systimer *t = timer_of(device);
    uint32_t i;
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == CONF) {
        *value = t->conf;
    } else if (is_in(offset, UPDATE, C3_SYSTIMER_UNITS)) {
        i = (offset - UPDATE) / 4;
        *value = now_of(t) >= t->units[i].valid ? IS_VALID : 0;
    } else if (is_in(offset, LOAD_VALUE, 4)) {
        i = (offset - LOAD_VALUE) / 8;
        *value = half(t->units[i].load, offset);
    } else if (is_in(offset, TARGET, 6)) {
        i = (offset - TARGET) / 8;
        *value = half(t->targets[i].written, offset);
    } else if (is_in(offset, TARGET_CONF, C3_SYSTIMER_TARGETS)) {
        *value = t->targets[(offset - TARGET_CONF) / 4].conf;
    } else if (is_in(offset, VALUE, 4)) {
        *value = value_load(t, (offset - VALUE) / 8, offset % 8 == 0);
    } else if (offset == INT_ENABLE) {
        *value = t->enabled;
    } else if (offset == INT_RAW) {
        *value = t->raw;
    } else if (offset == INT_STATUS) {
        *value = t->raw & t->enabled;
    } else if (!is_in(offset, TARGET_LOAD, 5) && offset != INT_CLEAR) {
        return absent_register(device, offset);
    }
    return true;
}

/* High words lie at offsets that end in 4 or C, low ones behind them. */
static void half_set(uint64_t *value, uint32_t offset, uint32_t word)
{
    if (offset % 8 == 4)
        *value = (*value & UINT32_MAX) | (uint64_t)(word & HIGH_MASK) << 32;
    else
        *value = (*value & ~(uint64_t)UINT32_MAX) | word;
}

static void unit_latch(struct c3_systimer *t, uint32_t index)
{
    struct c3_unit *u = &t->units[index];
    u->latched = unit_value(t, u);
    u->valid = now_of(t) + VALID_NS;
}

static bool is_read_only(uint32_t offset)
{
    return is_in(offset, VALUE, 4) || offset == INT_RAW || offset == INT_STATUS;
}

static bool timer_store(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t value)
{
    struct c3_systimer *t = timer_of(device);
    if (bytes != 4)
        return false;
    if (offset == CONF) {
        conf_set(t, value);
    } else if (is_in(offset, UPDATE, C3_SYSTIMER_UNITS)) {
        if ((value & DO_UPDATE) != 0)
            unit_latch(t, (offset - UPDATE) / 4);
    } else if (is_in(offset, LOAD_VALUE, 4)) {
        half_set(&t->units[(offset - LOAD_VALUE) / 8].load, offset, value);
    } else if (is_in(offset, TARGET, 6)) {
        half_set(&t->targets[(offset - TARGET) / 8].written, offset, value);
    } else if (is_in(offset, TARGET_CONF, C3_SYSTIMER_TARGETS)) {
        t->targets[(offset - TARGET_CONF) / 4].conf =
            value & TARGET_CONF_FIELDS;
    } else if (is_in(offset, TARGET_LOAD, C3_SYSTIMER_TARGETS)) {
        if ((value & 1u) != 0)
            target_load(t, (offset - TARGET_LOAD) / 4);
    } else if (is_in(offset, UNIT_LOAD, C3_SYSTIMER_UNITS)) {
        struct c3_unit *u = &t->units[(offset - UNIT_LOAD) / 4];
        if ((value & 1u) != 0)
            unit_set(t, u, u->load, u->runs);
    } else if (offset == INT_ENABLE) {
        t->enabled = value & ALL_TARGETS;
    } else if (offset == INT_CLEAR) {
        t->raw &= ~value;
    } else if (!is_read_only(offset)) {
        return absent_register(device, offset);
    }
    update(t);
    return true;
}

/* ---- time and resets --------------------------------------------------------------- */

static uint64_t timer_due(const struct device *device)
{
    const struct c3_systimer *t =
        CONTAINER_OF(device, const struct c3_systimer, device);
    uint64_t due = NEVER;
    for (uint32_t i = 0; i < C3_SYSTIMER_TARGETS; i++)
        if (t->targets[i].due < due)
            due = t->targets[i].due;
    return due;
}

static void timer_serve(struct device *device, uint64_t now)
{
    (void)now;
    update(timer_of(device));
}

static void timer_reset(struct device *device, enum reset_kind kind)
{
    struct c3_systimer *t = timer_of(device);
    (void)kind;
    t->conf = CONF_RESET;
    t->raw = t->enabled = 0;
    memset(t->targets, 0, sizeof t->targets);
    memset(t->units, 0, sizeof t->units);
    for (uint32_t i = 0; i < C3_SYSTIMER_UNITS; i++) {
        t->units[i].valid = NEVER;
        unit_set(t, &t->units[i], 0, (t->conf & UNIT_RUNS(i)) != 0);
    }
    update(t);
}

static const struct device_ops timer_ops = {
    timer_load, timer_store, timer_due, timer_serve, timer_reset,
};

void c3_systimer_add(struct machine *machine, struct c3_systimer *timer,
                     uint32_t base, struct c3_matrix *matrix)
{
    timer->device = (struct device){
        .ops = &timer_ops, .name = "SYSTIMER", .base = base, .size = SIZE
    };
    timer->matrix = matrix;
    machine_add_device(machine, &timer->device);
}

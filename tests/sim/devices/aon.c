/* SPDX-License-Identifier: Apache-2.0 */
/* See aon.h. */
#include <tests/sim/devices/aon.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/clint.h>

enum {
    DOG_CONFIG = 0x00,
    DOG_COUNT = 0x08,
    DOG_SCALED = 0x10,
    DOG_FEED = 0x18,
    DOG_KEY = 0x1C,
    DOG_COMPARE = 0x20,
    RTC_CONFIG = 0x40,
    RTC_LOW = 0x48,
    RTC_HIGH = 0x4C,
    RTC_SCALED = 0x50,
    RTC_COMPARE = 0x60,
    LFROSC = 0x70,
    LFCLKMUX = 0x7C,
    BACKUP = 0x80,
    BACKUP_END = 0xC0,
    PMU = 0x100,
    PMU_CAUSE = 0x144,
    PMU_KEY = 0x14C,
    SIZE = 0x1000,
};

#define HZ 32768u
#define KEY 0x51F15Eu
#define FOOD 0x0D09F00Du
#define SCALE 0xFu
#define RESET_ENABLE (1u << 8)
#define ZERO_ON_MATCH (1u << 9)
#define ALWAYS (1u << 12)
#define WHILE_AWAKE (1u << 13)
#define PENDING (1u << 28)
#define CONFIG_FIELDS                                                          \
    (SCALE | RESET_ENABLE | ZERO_ON_MATCH | ALWAYS | WHILE_AWAKE)
#define DOG_MASK 0x7FFFFFFFu
#define RTC_MASK 0xFFFFFFFFFFFFu
#define CAUSE_DOG (2u << 8)

enum { DOG_SOURCE = 1, RTC_SOURCE = 2 };

static struct aon *aon_of(struct device *device)
{
    return CONTAINER_OF(device, struct aon, device);
}

/* ---- counters ------------------------------------------------------------------ */

static uint64_t ticks(const struct aon *a)
{
    return clock_ticks(machine_now(a->device.machine), HZ);
}

static uint64_t counter_value(const struct aon *a, const struct aon_counter *c)
{
    return c->runs ? c->value + (ticks(a) - c->since) : c->value;
}

static void counter_set(const struct aon *a, struct aon_counter *c,
                        uint64_t value, bool runs)
{
    c->value = value;
    c->since = ticks(a);
    c->runs = runs;
}

/* When the counter's bits from `scale` on reach that. */
static uint64_t counter_due(const struct aon *a, const struct aon_counter *c,
                            uint32_t scale, uint32_t compare)
{
    uint64_t wanted = (uint64_t)compare << scale;
    uint64_t value = counter_value(a, c);
    if (!c->runs)
        return NEVER;
    if (value >= wanted)
        return machine_now(a->device.machine);
    return clock_reaches(ticks(a) + wanted - value, HZ);
}

static uint32_t scaled(uint64_t value, uint32_t config, uint32_t mask)
{
    return (uint32_t)(value >> (config & SCALE)) & mask;
}

/* ---- what comparisons do --------------------------------------------------------- */

static void dog_look(struct aon *a)
{
    uint64_t value = counter_value(a, &a->dog) & DOG_MASK;
    if (scaled(value, a->dog_config, 0xFFFF) >= a->dog_compare) {
        a->dog_config |= PENDING;
        if ((a->dog_config & ZERO_ON_MATCH) != 0)
            counter_set(a, &a->dog, 0, a->dog.runs);
        if ((a->dog_config & RESET_ENABLE) != 0 && a->dog.runs) {
            a->dog_bites = true;
            machine_request_reset(a->device.machine);
        }
        a->dog.due = NEVER;
        if ((a->dog_config & ZERO_ON_MATCH) != 0 && a->dog_compare > 0)
            a->dog.due =
                counter_due(a, &a->dog, a->dog_config & SCALE, a->dog_compare);
    } else {
        a->dog.due =
            counter_due(a, &a->dog, a->dog_config & SCALE, a->dog_compare);
    }
    plic_wire(a->plic, DOG_SOURCE, (a->dog_config & PENDING) != 0);
}

static void rtc_look(struct aon *a)
{
    uint64_t value = counter_value(a, &a->rtc) & RTC_MASK;
    bool is_due = scaled(value, a->rtc_config, UINT32_MAX) >= a->rtc_compare;
    a->rtc_config = is_due ? a->rtc_config | PENDING : a->rtc_config & ~PENDING;
    a->rtc.due =
        is_due ? NEVER
               : counter_due(a, &a->rtc, a->rtc_config & SCALE, a->rtc_compare);
    plic_wire(a->plic, RTC_SOURCE, is_due && a->rtc_compare != 0);
}

/* ---- registers ------------------------------------------------------------------- */

static bool aon_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct aon *a = aon_of(device);
    uint64_t dog = counter_value(a, &a->dog) & DOG_MASK;
    uint64_t rtc = counter_value(a, &a->rtc) & RTC_MASK;
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset >= BACKUP && offset < BACKUP_END)
        *value = a->backup[(offset - BACKUP) / 4];
    else if (offset == DOG_CONFIG)
        *value = a->dog_config;
    else if (offset == DOG_COUNT)
        *value = (uint32_t)dog;
    else if (offset == DOG_SCALED)
        *value = scaled(dog, a->dog_config, 0xFFFF);
    else if (offset == DOG_KEY || offset == PMU_KEY)
        *value = a->is_unlocked;
    else if (offset == DOG_COMPARE)
        *value = a->dog_compare;
    else if (offset == RTC_CONFIG)
        *value = a->rtc_config;
    else if (offset == RTC_LOW)
        *value = (uint32_t)rtc;
    else if (offset == RTC_HIGH)
        *value = (uint32_t)(rtc >> 32);
    else if (offset == RTC_SCALED)
        *value = scaled(rtc, a->rtc_config, UINT32_MAX);
    else if (offset == RTC_COMPARE)
        *value = a->rtc_compare;
    else if (offset == LFROSC)
        *value = a->lfrosc;
    else if (offset == LFCLKMUX)
        *value = a->lfclkmux;
    else if (offset == PMU_CAUSE)
        *value = a->cause;
    return true;
}

static void dog_store(struct aon *a, uint32_t offset, uint32_t value)
{
    bool runs;
    if (offset == DOG_KEY) {
        a->is_unlocked = value == KEY;
        return;
    }
    if (!a->is_unlocked) {
        machine_violation(a->device.machine,
                          "watchdog: 0x%x written at +0x%02x without 0x51F15E "
                          "to the key before it, so it is ignored",
                          value, offset);
        return;
    }
    a->is_unlocked = false;
    switch (offset) {
    case DOG_CONFIG:
        runs = (value & (ALWAYS | WHILE_AWAKE)) != 0;
        counter_set(a, &a->dog, counter_value(a, &a->dog), runs);
        a->dog_config = value & (CONFIG_FIELDS | PENDING);
        break;
    case DOG_COUNT:
        counter_set(a, &a->dog, value & DOG_MASK, a->dog.runs);
        break;
    case DOG_FEED:
        if (value == FOOD)
            counter_set(a, &a->dog, 0, a->dog.runs);
        else
            machine_violation(a->device.machine,
                              "watchdog: fed with 0x%x, it eats 0x0D09F00D",
                              value);
        break;
    case DOG_COMPARE:
        a->dog_compare = value & 0xFFFF;
        break;
    default:
        break;
    }
    dog_look(a);
}

static void rtc_store(struct aon *a, uint32_t offset, uint32_t value)
{
    uint64_t count = counter_value(a, &a->rtc);
    switch (offset) {
    case RTC_CONFIG:
        counter_set(a, &a->rtc, count, (value & ALWAYS) != 0);
        a->rtc_config = value & (SCALE | ALWAYS);
        break;
    case RTC_LOW:
        counter_set(a, &a->rtc, (count & ~(uint64_t)UINT32_MAX) | value,
                    a->rtc.runs);
        break;
    case RTC_HIGH:
        count = (count & UINT32_MAX) | (uint64_t)(value & 0xFFFF) << 32;
        counter_set(a, &a->rtc, count, a->rtc.runs);
        break;
    case RTC_COMPARE:
        a->rtc_compare = value;
        break;
    default:
        break;
    }
    rtc_look(a);
}

static bool aon_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct aon *a = aon_of(device);
    if (bytes != 4)
        return false;
    if (offset < RTC_CONFIG)
        dog_store(a, offset, value);
    else if (offset < LFROSC)
        rtc_store(a, offset, value);
    else if (offset == LFROSC)
        a->lfrosc = value;
    else if (offset == LFCLKMUX)
        a->lfclkmux = value & 1u;
    else if (offset >= BACKUP && offset < BACKUP_END)
        a->backup[(offset - BACKUP) / 4] = value;
    else if (offset >= PMU && offset <= PMU_KEY)
        machine_violation(device->machine,
                          "AON: the power management unit (+0x%03x) is not "
                          "modelled",
                          offset);
    return true;
}

/* ---- time and resets --------------------------------------------------------------- */

static uint64_t aon_due(const struct device *device)
{
    const struct aon *a = CONTAINER_OF(device, const struct aon, device);
    return a->dog.due < a->rtc.due ? a->dog.due : a->rtc.due;
}

static void aon_serve(struct device *device, uint64_t now)
{
    struct aon *a = aon_of(device);
    if (now >= a->dog.due)
        dog_look(a);
    if (now >= a->rtc.due)
        rtc_look(a);
}

/* The watchdog is off after each reset; the rest outlives a warm one. */
static void aon_reset(struct device *device, enum reset_kind kind)
{
    struct aon *a = aon_of(device);
    if (kind == RESET_POWER_ON) {
        memset(a->backup, 0xA5, sizeof a->backup);
        a->rtc_config = 0;
        a->rtc_compare = UINT32_MAX;
        a->lfrosc = 1u << 30 | 16u << 16 | 4u;
        a->lfclkmux = 0;
        counter_set(a, &a->rtc, 0, false);
    }
    a->cause = kind == RESET_POWER_ON ? 0 : a->dog_bites ? CAUSE_DOG : 1u << 8;
    a->dog_bites = false;
    a->is_unlocked = false;
    a->dog_config = 0;
    a->dog_compare = 0xFFFF;
    counter_set(a, &a->dog, 0, false);
    dog_look(a);
    rtc_look(a);
}

static const struct device_ops aon_ops = {
    aon_load, aon_store, aon_due, aon_serve, aon_reset,
};

void aon_add(struct machine *machine, struct aon *aon, uint32_t base,
             struct plic *plic)
{
    aon->device = (struct device){
        .ops = &aon_ops, .name = "AON", .base = base, .size = SIZE
    };
    aon->plic = plic;
    machine_add_device(machine, &aon->device);
}

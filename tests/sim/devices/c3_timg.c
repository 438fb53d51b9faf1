/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_timg.h. The watchdog's enable bits work at once, all else of its
 * configuration when the bit for that is written. */
#include <tests/sim/devices/c3_timg.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    CONFIG = 0x00,
    VALUE_LOW = 0x04,
    VALUE_HIGH = 0x08,
    UPDATE = 0x0C,
    ALARM_LOW = 0x10,
    ALARM_HIGH = 0x14,
    LOAD_LOW = 0x18,
    LOAD_HIGH = 0x1C,
    LOAD = 0x20,
    DOG_CONFIG = 0x48,
    DOG_PRESCALE = 0x4C,
    DOG_HOLD = 0x50,
    DOG_FEED = 0x60,
    DOG_PROTECT = 0x64,
    INT_ENABLE = 0x70,
    INT_RAW = 0x74,
    INT_STATUS = 0x78,
    INT_CLEAR = 0x7C,
    REGISTER_CLOCK = 0xFC,
    SIZE = 0x100,
};

#define MASK ((UINT64_C(1) << 54) - 1)
#define HIGH_MASK 0x3FFFFFu
#define USE_XTAL (1u << 9)
#define ALARM_ENABLE (1u << 10)
#define DIVIDER_RESET (1u << 12)
#define DIVIDER(config) ((config) >> 13 & 0xFFFFu)
#define AUTO_RELOAD (1u << 29)
#define UP (1u << 30)
#define RUNS (1u << 31)
#define CONFIG_RESET (UP | AUTO_RELOAD | 1u << 13)
#define INT_TIMER 1u
#define INT_DOG 2u
#define DOG_ENABLE (1u << 31)
#define DOG_FLASH_BOOT (1u << 14)
#define DOG_APPLY (1u << 22)
#define DOG_USE_XTAL (1u << 21)
#define DOG_RESET (DOG_FLASH_BOOT | 1u << 15 | 1u << 18)
#define DOG_KEY 0x50D83AA1u
#define PS_PER_S UINT64_C(1000000000000)

static struct c3_timg *timg_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_timg, device);
}

static uint64_t now_of(const struct c3_timg *t)
{
    return machine_now(t->device.machine);
}

/* ---- the timer ---------------------------------------------------------------------- */

static uint64_t tick_ps(const struct c3_timg *t)
{
    uint32_t hz =
        (t->config & USE_XTAL) != 0 ? C3_XTAL_HZ : c3_apb_hz(t->system);
    uint32_t divider = DIVIDER(t->config);
    divider = divider == 0 ? 65536 : divider == 1 ? 2 : divider;
    return PS_PER_S / hz * divider;
}

static uint64_t value_of(const struct c3_timg *t)
{
    uint64_t gone = 0;
    if ((t->config & RUNS) != 0)
        gone = (now_of(t) - t->since) * 1000 / t->tick;
    return ((t->config & UP) != 0 ? t->value + gone : t->value - gone) & MASK;
}

static void value_set(struct c3_timg *t, uint64_t value)
{
    t->value = value & MASK;
    t->since = now_of(t);
}

static uint64_t ticks_left(const struct c3_timg *t)
{
    uint64_t value = value_of(t);
    if ((t->config & UP) != 0)
        return value >= t->alarm ? 0 : t->alarm - value;
    return value <= t->alarm ? 0 : value - t->alarm;
}

static uint64_t alarm_due(const struct c3_timg *t)
{
    uint64_t left = ticks_left(t);
    if ((t->config & (RUNS | ALARM_ENABLE)) != (RUNS | ALARM_ENABLE) ||
        left > NEVER / 2 / t->tick)
        return NEVER;
    return now_of(t) + (left * t->tick + 999) / 1000;
}

static void update(struct c3_timg *t)
{
    if ((t->config & (RUNS | ALARM_ENABLE)) == (RUNS | ALARM_ENABLE) &&
        ticks_left(t) == 0) {
        t->config &= ~ALARM_ENABLE;
        t->raw |= INT_TIMER;
        if ((t->config & AUTO_RELOAD) != 0)
            value_set(t, t->load);
    }
    c3_matrix_wire(t->matrix, t->source,
                   (t->raw & t->enabled & INT_TIMER) != 0);
    c3_matrix_wire(t->matrix, t->source + 1,
                   (t->raw & t->enabled & INT_DOG) != 0);
}

/* The counter goes on from where it is, at its new speed. */
static void config_set(struct c3_timg *t, uint32_t value)
{
    value_set(t, value_of(t));
    t->config = value & ~DIVIDER_RESET;
    t->tick = tick_ps(t);
}

/* ---- the watchdog -------------------------------------------------------------------- */

static uint64_t dog_tick_ps(const struct c3_timg *t)
{
    uint32_t hz = (t->applied_config & DOG_USE_XTAL) != 0
                      ? C3_XTAL_HZ
                      : c3_apb_hz(t->system);
    uint32_t prescale = t->applied_prescale >> 16;
    return PS_PER_S / hz * (prescale == 0 ? 1 : prescale);
}

static void dog_apply(struct c3_timg *t)
{
    t->applied_config = t->dog_config;
    t->applied_prescale = t->dog_prescale;
    for (uint32_t stage = 0; stage < 4; stage++) {
        t->dog.action[stage] = t->dog_config >> (29 - 2 * stage) & 3u;
        t->dog.hold[stage] = t->hold[stage];
    }
}

static void dog_config_set(struct c3_timg *t, uint32_t value)
{
    t->dog_config = value & ~DOG_APPLY;
    if ((value & DOG_APPLY) != 0)
        dog_apply(t);
    c3_dog_run(&t->dog, now_of(t), (value & DOG_ENABLE) != 0,
               (value & DOG_FLASH_BOOT) != 0);
}

static void dog_bite(struct c3_timg *t)
{
    char dog[40];
    enum c3_bite bite = c3_dog_bite(&t->dog, now_of(t));
    snprintf(dog, sizeof dog, "the watchdog of %s", t->device.name);
    if (bite == C3_BITE_INTERRUPT)
        t->raw |= INT_DOG;
    else if (bite == C3_BITE_CPU)
        c3_rtc_bitten(t->rtc, t->cpu_cause, dog);
    else if (bite != C3_BITE_NONE)
        c3_rtc_bitten(t->rtc, t->core_cause, dog);
}

static void dog_store(struct c3_timg *t, uint32_t offset, uint32_t value)
{
    if (t->key != DOG_KEY)
        machine_violation(t->device.machine,
                          "the watchdog of %s: 0x%x written at +0x%02x without "
                          "the key before it (0x%08x to +0x%02x), so it is "
                          "ignored",
                          t->device.name, value, offset, DOG_KEY, DOG_PROTECT);
    else if (offset == DOG_CONFIG)
        dog_config_set(t, value);
    else if (offset == DOG_PRESCALE)
        t->dog_prescale = value;
    else if (offset < DOG_FEED)
        t->hold[(offset - DOG_HOLD) / 4] = value;
    else
        c3_dog_feed(&t->dog, now_of(t));
}

/* ---- registers ------------------------------------------------------------------------- */

static uint64_t *wide_word(struct c3_timg *t, uint32_t offset)
{
    if (offset == ALARM_LOW || offset == ALARM_HIGH)
        return &t->alarm;
    if (offset == LOAD_LOW || offset == LOAD_HIGH)
        return &t->load;
    if (offset == VALUE_LOW || offset == VALUE_HIGH)
        return &t->latched;
    return NULL;
}

static bool is_high(uint32_t offset)
{
    return offset == ALARM_HIGH || offset == LOAD_HIGH || offset == VALUE_HIGH;
}

static bool timg_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct c3_timg *t = timg_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (wide_word(t, offset))
        *value =
            (uint32_t)(*wide_word(t, offset) >> (is_high(offset) ? 32 : 0));
    else if (offset == CONFIG)
        *value = t->config;
    else if (offset == DOG_CONFIG)
        *value = t->dog_config;
    else if (offset == DOG_PRESCALE)
        *value = t->dog_prescale;
    else if (offset >= DOG_HOLD && offset < DOG_FEED)
        *value = t->hold[(offset - DOG_HOLD) / 4];
    else if (offset == DOG_PROTECT)
        *value = t->key;
    else if (offset == INT_ENABLE)
        *value = t->enabled;
    else if (offset == INT_RAW)
        *value = t->raw;
    else if (offset == INT_STATUS)
        *value = t->raw & t->enabled;
    else if (offset == REGISTER_CLOCK)
        *value = t->register_clock;
    else if (offset != UPDATE && offset != LOAD && offset != DOG_FEED &&
             offset != INT_CLEAR)
        return absent_register(device, offset);
    return true;
}

static void wide_set(uint64_t *wide, uint32_t offset, uint32_t value)
{
    *wide = is_high(offset)
                ? (*wide & UINT32_MAX) | (uint64_t)(value & HIGH_MASK) << 32
                : (*wide & ~(uint64_t)UINT32_MAX) | value;
}

static bool timg_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct c3_timg *t = timg_of(device);
    if (bytes != 4)
        return false;
    if (offset == UPDATE)
        t->latched = value_of(t);
    else if (offset == ALARM_LOW || offset == ALARM_HIGH)
        wide_set(&t->alarm, offset, value);
    else if (offset == LOAD_LOW || offset == LOAD_HIGH)
        wide_set(&t->load, offset, value);
    else if (offset == LOAD)
        value_set(t, t->load);
    else if (offset == CONFIG)
        config_set(t, value);
    else if (offset >= DOG_CONFIG && offset <= DOG_FEED)
        dog_store(t, offset, value);
    else if (offset == DOG_PROTECT)
        t->key = value;
    else if (offset == INT_ENABLE)
        t->enabled = value & (INT_TIMER | INT_DOG);
    else if (offset == INT_CLEAR)
        t->raw &= ~value;
    else if (offset == REGISTER_CLOCK)
        t->register_clock = value;
    else if (offset != VALUE_LOW && offset != VALUE_HIGH && offset != INT_RAW &&
             offset != INT_STATUS)
        return absent_register(device, offset);
    update(t);
    return true;
}

/* ---- time and resets --------------------------------------------------------------- */

static uint64_t timg_due(const struct device *device)
{
    const struct c3_timg *t =
        CONTAINER_OF(device, const struct c3_timg, device);
    uint64_t alarm = alarm_due(t), dog = c3_dog_due(&t->dog, dog_tick_ps(t));
    return alarm < dog ? alarm : dog;
}

static void timg_serve(struct device *device, uint64_t now)
{
    struct c3_timg *t = timg_of(device);
    if (now >= c3_dog_due(&t->dog, dog_tick_ps(t)))
        dog_bite(t);
    update(t);
}

/* Only the first group's watchdog has flash-boot mode left on by the ROM. */
static void timg_reset(struct device *device, enum reset_kind kind)
{
    static const uint32_t holds[4] = { 26000000, 134217727, 1048575, 1048575 };
    struct c3_timg *t = timg_of(device);
    bool is_first = t->core_cause == C3_RESET_TIMG0_CORE;
    (void)kind;
    t->config = CONFIG_RESET;
    t->tick = tick_ps(t);
    t->raw = t->enabled = t->register_clock = 0;
    t->latched = t->alarm = t->load = 0;
    value_set(t, 0);
    t->key = DOG_KEY;
    memset(&t->dog, 0, sizeof t->dog);
    memcpy(t->hold, holds, sizeof t->hold);
    t->dog_prescale = 1u << 16;
    dog_config_set(t, (is_first ? DOG_RESET : DOG_RESET & ~DOG_FLASH_BOOT) |
                          DOG_APPLY);
    update(t);
}

static const struct device_ops timg_ops = {
    timg_load, timg_store, timg_due, timg_serve, timg_reset,
};

void c3_timg_clock_changed(struct c3_timg *t)
{
    config_set(t, t->config);
    machine_wake(t->device.machine);
}

void c3_timg_add(struct machine *machine, struct c3_timg *timg,
                 const char *name, uint32_t base)
{
    timg->device = (struct device){
        .ops = &timg_ops, .name = name, .base = base, .size = SIZE
    };
    machine_add_device(machine, &timg->device);
}

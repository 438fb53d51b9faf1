/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_rtc.h. */
#include <tests/sim/devices/c3_rtc.h>

#include <string.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    OPTIONS0 = 0x00,
    RESET_STATE = 0x38,
    INT_ENABLE = 0x40,
    INT_RAW = 0x44,
    INT_STATUS = 0x48,
    INT_CLEAR = 0x4C,
    STORE0 = 0x50,
    CLK_CONF = 0x70,
    DOG_CONFIG = 0x90,
    DOG_HOLD = 0x94,
    DOG_FEED = 0xA4,
    DOG_PROTECT = 0xA8,
    SWD_CONF = 0xAC,
    SWD_PROTECT = 0xB0,
    STORE4 = 0xB8,
    OPTION1 = 0xF4,
    FIB_SEL = 0x10C,
    SIZE = 0x800,
};

#define SYSTEM_RESET (1u << 31)
#define CPU_RESET (1u << 5)
#define PLL_POWER_DOWN (1u << 6 | 1u << 8 | 1u << 10)
#define DOG_KEY 0x50D83AA1u
#define SWD_KEY 0x8F1D312Au
#define FEED (1u << 31)
#define DOG_ENABLE (1u << 31)
#define DOG_FLASH_BOOT (1u << 12)
#define DOG_INTERRUPT (1u << 3)
#define SWD_AUTO_FEED (1u << 31)
#define SWD_DISABLE (1u << 30)
#define SWD_FEED (1u << 29)
#define DOWNLOAD 1u
#define SLOW_TICK_PS 7352941u /* 136 kHz */
#define SWD_NS UINT64_C(1000000000)
#define OPTIONS_RESET 0x1C00A000u
#define DOG_RESET 0x00013214u
#define FIB_RESET 7u

static struct c3_rtc *rtc_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_rtc, device);
}

static struct machine *machine_of(const struct c3_rtc *r)
{
    return r->device.machine;
}

static uint64_t now_of(const struct c3_rtc *r)
{
    return machine_now(machine_of(r));
}

/* ---- resets ------------------------------------------------------------------------- */

static const struct {
    enum c3_reset cause;
    const char *name;
    bool is_of_cpu;
    bool loses_stores;
} resets[] = {
    { C3_RESET_POWER_ON, "POWERON", false, true },
    { C3_RESET_SOFTWARE_CORE, "RTC_SW_SYS_RST", false, false },
    { C3_RESET_TIMG0_CORE, "TG0WDT_SYS_RST", false, false },
    { C3_RESET_TIMG1_CORE, "TG1WDT_SYS_RST", false, false },
    { C3_RESET_RWDT_CORE, "RTCWDT_SYS_RST", false, false },
    { C3_RESET_TIMG0_CPU, "TG0WDT_CPU_RST", true, false },
    { C3_RESET_SOFTWARE_CPU, "RTC_SW_CPU_RST", true, false },
    { C3_RESET_RWDT_CPU, "RTCWDT_CPU_RST", true, false },
    { C3_RESET_RWDT_SYSTEM, "RTCWDT_RTC_RST", false, true },
    { C3_RESET_TIMG1_CPU, "TG1WDT_CPU_RST", true, false },
    { C3_RESET_SUPER, "SUPER_WDT_RST", false, true },
};

static uint32_t reset_index(enum c3_reset cause)
{
    uint32_t i = 0;
    while (i < ARRAY_COUNT(resets) - 1 && resets[i].cause != cause)
        i++;
    return i;
}

void c3_rtc_reset_by(struct c3_rtc *r, enum c3_reset cause)
{
    if (r->next != 0)
        return;
    if (resets[reset_index(cause)].is_of_cpu) {
        r->cause = cause;
        machine_request_cpu_reset(machine_of(r));
    } else {
        r->next = cause;
        machine_request_reset(machine_of(r));
    }
}

void c3_rtc_bitten(struct c3_rtc *r, enum c3_reset cause, const char *dog)
{
    fprintf(stderr, "sim: %.6f s: %s bites: the %s is reset\n",
            (double)now_of(r) / 1e9, dog,
            resets[reset_index(cause)].is_of_cpu ? "CPU" : "chip");
    c3_rtc_reset_by(r, cause);
}

enum c3_reset c3_rtc_cause(const struct c3_rtc *r)
{
    return r->cause;
}

const char *c3_rtc_cause_name(const struct c3_rtc *r)
{
    return resets[reset_index(r->cause)].name;
}

bool c3_rtc_wants_download(const struct c3_rtc *r)
{
    return (r->option1 & DOWNLOAD) != 0 || (r->gpio->straps & 2u) == 0;
}

/* ---- watchdogs ----------------------------------------------------------------------- */

static void update(struct c3_rtc *r)
{
    c3_matrix_wire(r->matrix, C3_RTC, (r->raw & r->enabled) != 0);
}

static void dog_bite(struct c3_rtc *r)
{
    static const enum c3_reset causes[] = {
        [C3_BITE_CPU] = C3_RESET_RWDT_CPU,
        [C3_BITE_CORE] = C3_RESET_RWDT_CORE,
        [C3_BITE_SYSTEM] = C3_RESET_RWDT_SYSTEM,
    };
    enum c3_bite bite = c3_dog_bite(&r->dog, now_of(r));
    if (bite == C3_BITE_INTERRUPT)
        r->raw |= DOG_INTERRUPT;
    else if (bite != C3_BITE_NONE && bite <= C3_BITE_SYSTEM)
        c3_rtc_bitten(r, causes[bite], "the RTC watchdog");
}

static uint64_t swd_due(const struct c3_rtc *r)
{
    return (r->swd & (SWD_AUTO_FEED | SWD_DISABLE)) != 0 ? NEVER
                                                         : r->swd_fed + SWD_NS;
}

static void dog_config_set(struct c3_rtc *r, uint32_t value)
{
    r->dog_config = value;
    for (uint32_t stage = 0; stage < 4; stage++)
        r->dog.action[stage] = value >> (28 - 3 * stage) & 7u;
    c3_dog_run(&r->dog, now_of(r), (value & DOG_ENABLE) != 0,
               (value & DOG_FLASH_BOOT) != 0);
}

/* The first stage takes twice its time, as the eFuses are. */
static void hold_set(struct c3_rtc *r, uint32_t stage, uint32_t ticks)
{
    r->dog.hold[stage] = (uint64_t)ticks << (stage == 0 ? 1 : 0);
}

static void report_locked(struct c3_rtc *r, const char *dog, uint32_t offset,
                          uint32_t value)
{
    machine_violation(machine_of(r),
                      "%s: 0x%x written at +0x%02x without the key before it "
                      "(0x%08x to +0x%02x), so it is ignored",
                      dog, value, offset,
                      offset == SWD_CONF ? SWD_KEY : DOG_KEY,
                      offset == SWD_CONF ? SWD_PROTECT : DOG_PROTECT);
}

static void dog_store(struct c3_rtc *r, uint32_t offset, uint32_t value)
{
    if (!r->is_unlocked)
        report_locked(r, "the RTC watchdog", offset, value);
    else if (offset == DOG_CONFIG)
        dog_config_set(r, value);
    else if (offset < DOG_FEED)
        hold_set(r, (offset - DOG_HOLD) / 4, value);
    else if ((value & FEED) != 0)
        c3_dog_feed(&r->dog, now_of(r));
}

static void swd_store(struct c3_rtc *r, uint32_t value)
{
    if (!r->swd_is_unlocked) {
        report_locked(r, "the super watchdog", SWD_CONF, value);
        return;
    }
    if ((value & SWD_FEED) != 0 ||
        (r->swd & (SWD_AUTO_FEED | SWD_DISABLE)) != 0)
        r->swd_fed = now_of(r);
    r->swd = value & ~SWD_FEED;
}

/* ---- registers ------------------------------------------------------------------------- */

static uint32_t *store_word(struct c3_rtc *r, uint32_t offset)
{
    if (offset >= STORE0 && offset < STORE0 + 16)
        return &r->store[(offset - STORE0) / 4];
    if (offset >= STORE4 && offset < STORE4 + 16)
        return &r->store[4 + (offset - STORE4) / 4];
    return NULL;
}

static bool rtc_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct c3_rtc *r = rtc_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (store_word(r, offset))
        *value = *store_word(r, offset);
    else if (offset == OPTIONS0)
        *value = r->options;
    else if (offset == RESET_STATE)
        *value = r->cause;
    else if (offset == INT_ENABLE)
        *value = r->enabled;
    else if (offset == INT_RAW)
        *value = r->raw;
    else if (offset == INT_STATUS)
        *value = r->raw & r->enabled;
    else if (offset == CLK_CONF)
        *value = r->clock;
    else if (offset == DOG_CONFIG)
        *value = r->dog_config;
    else if (offset >= DOG_HOLD && offset < DOG_FEED)
        *value = (uint32_t)(r->dog.hold[(offset - DOG_HOLD) / 4] >>
                            (offset == DOG_HOLD ? 1 : 0));
    else if (offset == DOG_PROTECT)
        *value = r->is_unlocked ? DOG_KEY : 0;
    else if (offset == SWD_CONF)
        *value = r->swd;
    else if (offset == SWD_PROTECT)
        *value = r->swd_is_unlocked ? SWD_KEY : 0;
    else if (offset == OPTION1)
        *value = r->option1;
    else if (offset == FIB_SEL)
        *value = r->fib;
    else if (offset != DOG_FEED && offset != INT_CLEAR)
        return absent_register(device, offset);
    return true;
}

static void options_set(struct c3_rtc *r, uint32_t value)
{
    r->options = value & ~(SYSTEM_RESET | CPU_RESET);
    c3_system_pll_is_off(r->system, (value & PLL_POWER_DOWN) != 0);
    if ((value & SYSTEM_RESET) != 0)
        c3_rtc_reset_by(r, C3_RESET_SOFTWARE_CORE);
    else if ((value & CPU_RESET) != 0)
        c3_rtc_reset_by(r, C3_RESET_SOFTWARE_CPU);
}

static bool rtc_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct c3_rtc *r = rtc_of(device);
    if (bytes != 4)
        return false;
    if (store_word(r, offset))
        *store_word(r, offset) = value;
    else if (offset == OPTIONS0)
        options_set(r, value);
    else if (offset == INT_ENABLE)
        r->enabled = value;
    else if (offset == INT_CLEAR)
        r->raw &= ~value;
    else if (offset == CLK_CONF)
        r->clock = value;
    else if (offset >= DOG_CONFIG && offset <= DOG_FEED)
        dog_store(r, offset, value);
    else if (offset == DOG_PROTECT)
        r->is_unlocked = value == DOG_KEY;
    else if (offset == SWD_CONF)
        swd_store(r, value);
    else if (offset == SWD_PROTECT)
        r->swd_is_unlocked = value == SWD_KEY;
    else if (offset == OPTION1)
        r->option1 = value & DOWNLOAD;
    else if (offset == FIB_SEL)
        r->fib = value & FIB_RESET;
    else if (offset != RESET_STATE && offset != INT_RAW && offset != INT_STATUS)
        return absent_register(device, offset);
    update(r);
    return true;
}

/* ---- time and resets --------------------------------------------------------------- */

static uint64_t rtc_due(const struct device *device)
{
    const struct c3_rtc *r = CONTAINER_OF(device, const struct c3_rtc, device);
    uint64_t dog = c3_dog_due(&r->dog, SLOW_TICK_PS), swd = swd_due(r);
    return dog < swd ? dog : swd;
}

static void rtc_serve(struct device *device, uint64_t now)
{
    struct c3_rtc *r = rtc_of(device);
    if (now >= c3_dog_due(&r->dog, SLOW_TICK_PS))
        dog_bite(r);
    if (now >= swd_due(r)) {
        r->swd_fed = now;
        c3_rtc_bitten(r, C3_RESET_SUPER, "the super watchdog");
    }
    update(r);
}

/* The button is a power on to the chip. After any reset the ROM has the watchdog
 * in flash-boot mode; that it was asked for a download is known once. */
static void rtc_reset(struct device *device, enum reset_kind kind)
{
    static const uint32_t holds[4] = { 200000, 80000, 0xFFF, 0xFFF };
    struct c3_rtc *r = rtc_of(device);
    r->cause = kind == RESET_WARM && r->next != 0 ? r->next : C3_RESET_POWER_ON;
    if (resets[reset_index(r->cause)].loses_stores) {
        memset(r->store, 0, sizeof r->store);
        r->option1 = 0;
    }
    r->next = 0;
    r->options = OPTIONS_RESET & ~PLL_POWER_DOWN;
    r->clock = 0;
    r->fib = FIB_RESET;
    r->raw = r->enabled = 0;
    r->is_unlocked = r->swd_is_unlocked = false;
    r->swd = 0;
    r->swd_fed = now_of(r);
    memset(&r->dog, 0, sizeof r->dog);
    for (uint32_t stage = 0; stage < 4; stage++)
        hold_set(r, stage, holds[stage]);
    dog_config_set(r, DOG_RESET);
    c3_system_pll_is_off(r->system, false);
    update(r);
}

static const struct device_ops rtc_ops = {
    rtc_load, rtc_store, rtc_due, rtc_serve, rtc_reset,
};

void c3_rtc_add(struct machine *machine, struct c3_rtc *rtc, uint32_t base)
{
    rtc->device = (struct device){
        .ops = &rtc_ops, .name = "RTC_CNTL", .base = base, .size = SIZE
    };
    machine_add_device(machine, &rtc->device);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See goldfish_rtc.h. */
#include <tests/sim/devices/goldfish_rtc.h>

#include <berth/compiler.h>

enum {
    TIME_LOW = 0x00,
    TIME_HIGH = 0x04,
    ALARM_LOW = 0x08,
    ALARM_HIGH = 0x0C,
    IRQ_ENABLE = 0x10,
    CLEAR_ALARM = 0x14,
    ALARM_STATUS = 0x18,
    CLEAR_IRQ = 0x1C,
    SIZE = 0x1000,
};

#define START_NS 1577836800000000000u

static struct goldfish_rtc *rtc_of(struct device *device)
{
    return CONTAINER_OF(device, struct goldfish_rtc, device);
}

static uint64_t time_of(const struct goldfish_rtc *r)
{
    return machine_now(r->device.machine) + r->offset;
}

static void look(struct goldfish_rtc *r)
{
    if (r->is_armed && time_of(r) >= r->alarm) {
        r->is_armed = false;
        r->is_pending = true;
    }
    plic_wire(r->plic, r->source, r->is_pending && r->irq_enabled);
}

static bool rtc_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct goldfish_rtc *r = rtc_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == TIME_LOW) {
        *value = (uint32_t)time_of(r);
        r->time_high = (uint32_t)(time_of(r) >> 32);
    } else if (offset == TIME_HIGH) {
        *value = r->time_high;
    } else if (offset == ALARM_LOW) {
        *value = (uint32_t)r->alarm;
    } else if (offset == ALARM_HIGH) {
        *value = (uint32_t)(r->alarm >> 32);
    } else if (offset == IRQ_ENABLE) {
        *value = r->irq_enabled;
    } else if (offset == ALARM_STATUS) {
        *value = r->is_armed;
    }
    return true;
}

static bool rtc_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct goldfish_rtc *r = rtc_of(device);
    uint64_t time = time_of(r);
    if (bytes != 4)
        return false;
    if (offset == TIME_LOW) {
        r->offset += ((time & ~(uint64_t)UINT32_MAX) | value) - time;
    } else if (offset == TIME_HIGH) {
        r->offset += ((uint64_t)value << 32 | (uint32_t)time) - time;
    } else if (offset == ALARM_LOW) {
        r->alarm = (uint64_t)r->alarm_high << 32 | value;
        r->is_armed = true;
    } else if (offset == ALARM_HIGH) {
        r->alarm_high = value;
    } else if (offset == IRQ_ENABLE) {
        r->irq_enabled = (value & 1u) != 0;
    } else if (offset == CLEAR_ALARM) {
        r->is_armed = false;
    } else if (offset == CLEAR_IRQ) {
        r->is_pending = false;
    }
    look(r);
    return true;
}

static uint64_t rtc_due(const struct device *device)
{
    const struct goldfish_rtc *r =
        CONTAINER_OF(device, const struct goldfish_rtc, device);
    return r->is_armed ? r->alarm - r->offset : NEVER;
}

static void rtc_serve(struct device *device, uint64_t now)
{
    (void)now;
    look(rtc_of(device));
}

static void rtc_reset(struct device *device, enum reset_kind kind)
{
    struct goldfish_rtc *r = rtc_of(device);
    if (kind == RESET_POWER_ON)
        r->offset = START_NS;
    r->is_armed = r->is_pending = r->irq_enabled = false;
    look(r);
}

static const struct device_ops rtc_ops = {
    rtc_load, rtc_store, rtc_due, rtc_serve, rtc_reset,
};

void goldfish_rtc_add(struct machine *machine, struct goldfish_rtc *rtc,
                      uint32_t base, struct plic *plic, uint32_t source)
{
    *rtc = (struct goldfish_rtc){
        .device = { .ops = &rtc_ops,
                    .name = "RTC",
                    .base = base,
                    .size = SIZE },
        .plic = plic,
        .source = source,
    };
    machine_add_device(machine, &rtc->device);
}

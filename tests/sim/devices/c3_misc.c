/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_misc.h. */
#include <tests/sim/devices/c3_misc.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>
#include <tests/sim/devices/esp_image.h>
#include <tests/sim/devices/flash.h>

/* ---- eFuses ---------------------------------------------------------------------------- */

enum {
    FUSES = 0x2C,   /* the first word that reads fuses */
    MAC_LOW = 0x44, /* 34:85:18:01:02:03 */
    MAC_HIGH = 0x48,
    SYS_3 = 0x50, /* 20:18 minor revision */
    SYS_5 = 0x58, /* 23 its top bit, 25:24 major revision */
    FUSES_END = 0x17C,
    EFUSE_SIZE = 0x200,
};

static bool efuse_load(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t *value)
{
    uint32_t minor = ESP_REVISION % 100, major = ESP_REVISION / 100;
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset < FUSES || offset >= FUSES_END)
        return absent_register(device, offset);
    if (offset == MAC_LOW)
        *value = 0x18010203u;
    else if (offset == MAC_HIGH)
        *value = 0x3485u;
    else if (offset == SYS_3)
        *value = (minor & 7u) << 18;
    else if (offset == SYS_5)
        *value = major << 24 | (minor >> 3) << 23;
    return true;
}

static bool efuse_store(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t value)
{
    (void)bytes;
    machine_violation(device->machine,
                      "eFuse: 0x%x written at +0x%x: fuses can not be unburnt, "
                      "so this model burns none",
                      value, offset);
    return true;
}

static const struct device_ops efuse_ops = {
    .load = efuse_load,
    .store = efuse_store,
};

void c3_efuse_add(struct machine *machine, struct c3_efuse *efuse,
                  uint32_t base)
{
    efuse->device = (struct device){
        .ops = &efuse_ops, .name = "eFuse", .base = base, .size = EFUSE_SIZE
    };
    machine_add_device(machine, &efuse->device);
}

/* ---- the random word --------------------------------------------------------------------- */

enum { RANDOM = 0xB0, APB_CTRL_SIZE = 0x1000 };

#define RENEWAL_NS 200u /* 16 cycles of the APB at 80 MHz */

static bool random_load(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    struct c3_random *r = CONTAINER_OF(device, struct c3_random, device);
    uint64_t now = machine_now(device->machine);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset != RANDOM)
        return absent_register(device, offset);
    if (now >= r->next) {
        r->word = (uint32_t)(random_next(&r->state) >> 16);
        r->next = now + RENEWAL_NS;
    }
    *value = r->word;
    return true;
}

static bool random_store(struct device *device, uint32_t offset, uint32_t bytes,
                         uint32_t value)
{
    (void)bytes, (void)value;
    return absent_register(device, offset);
}

static void random_reset(struct device *device, enum reset_kind kind)
{
    struct c3_random *r = CONTAINER_OF(device, struct c3_random, device);
    if (kind == RESET_POWER_ON)
        r->state = r->seed;
    r->next = 0;
}

static const struct device_ops random_ops = {
    .load = random_load,
    .store = random_store,
    .reset = random_reset,
};

void c3_random_add(struct machine *machine, struct c3_random *random,
                   uint32_t base, uint64_t seed)
{
    *random = (struct c3_random){ .device = { .ops = &random_ops,
                                              .name = "APB_CTRL",
                                              .base = base,
                                              .size = APB_CTRL_SIZE },
                                  .seed = seed };
    machine_add_device(machine, &random->device);
}

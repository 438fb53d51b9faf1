/* SPDX-License-Identifier: Apache-2.0 */
/* See absent.h. */
#include <tests/sim/devices/absent.h>

#include <berth/compiler.h>

bool absent_register(struct device *device, uint32_t offset)
{
    machine_violation(device->machine, "%s (+0x%x) is not modelled",
                      device->name, offset);
    return true;
}

static void look(struct device *device, uint32_t offset)
{
    struct absent *absent = CONTAINER_OF(device, struct absent, device);
    if (!absent->is_void)
        absent_register(device, offset);
}

static bool absent_load(struct device *device, uint32_t offset, uint32_t bytes,
                        uint32_t *value)
{
    (void)bytes;
    *value = 0;
    look(device, offset);
    return true;
}

static bool absent_store(struct device *device, uint32_t offset, uint32_t bytes,
                         uint32_t value)
{
    (void)bytes, (void)value;
    look(device, offset);
    return true;
}

static const struct device_ops absent_ops = {
    .load = absent_load,
    .store = absent_store,
};

void absent_add(struct machine *machine, struct absent *absent,
                const char *name, uint32_t base, uint32_t size, bool is_void)
{
    absent->device = (struct device){
        .ops = &absent_ops, .name = name, .base = base, .size = size
    };
    absent->is_void = is_void;
    machine_add_device(machine, &absent->device);
}

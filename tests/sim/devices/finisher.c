/* SPDX-License-Identifier: Apache-2.0 */
/* See finisher.h. */
#include <tests/sim/devices/finisher.h>

enum { PASS = 0x5555, FAIL = 0x3333, RESET = 0x7777, SIZE = 0x1000 };

static bool finisher_load(struct device *device, uint32_t offset,
                          uint32_t bytes, uint32_t *value)
{
    (void)device, (void)offset, (void)bytes;
    *value = 0;
    return true;
}

static bool finisher_store(struct device *device, uint32_t offset,
                           uint32_t bytes, uint32_t value)
{
    if (offset != 0 || bytes < 2)
        return true;
    switch (value & 0xFFFFu) {
    case PASS:
        machine_exit(device->machine, 0);
        break;
    case FAIL:
        machine_exit(device->machine, value >> 16 & 0xFFu);
        break;
    case RESET:
        machine_request_reset(device->machine);
        break;
    default:
        break;
    }
    return true;
}

static const struct device_ops finisher_ops = {
    .load = finisher_load,
    .store = finisher_store,
};

void finisher_add(struct machine *machine, struct device *finisher,
                  uint32_t base)
{
    *finisher = (struct device){
        .ops = &finisher_ops, .name = "finisher", .base = base, .size = SIZE
    };
    machine_add_device(machine, finisher);
}

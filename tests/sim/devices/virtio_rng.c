/* SPDX-License-Identifier: Apache-2.0 */
/* See virtio_rng.h. What a driver puts into its rings is checked: a ring that
 * leads outside memory or in circles is a violation. */
#include <tests/sim/devices/virtio_rng.h>

#include <berth/compiler.h>
#include <tests/sim/devices/flash.h>

enum {
    MAGIC = 0x00,
    VERSION = 0x04,
    DEVICE_ID = 0x08,
    VENDOR = 0x0C,
    DRIVER_FEATURES = 0x20,
    PAGE_SIZE = 0x28,
    QUEUE_SELECT = 0x30,
    QUEUE_MAX = 0x34,
    QUEUE_SIZE = 0x38,
    QUEUE_ALIGN = 0x3C,
    QUEUE_PFN = 0x40,
    NOTIFY = 0x50,
    INTERRUPT_STATUS = 0x60,
    INTERRUPT_ACK = 0x64,
    STATUS = 0x70,
    SIZE = 0x1000,
};
enum { ID_ENTROPY = 4, QUEUE_LIMIT = 1024, DESCRIPTOR = 16 };
enum { FLAG_NEXT = 1, FLAG_WRITE = 2, NO_INTERRUPT = 1, USED_BUFFER = 1 };

static struct virtio_rng *rng_of(struct device *device)
{
    return CONTAINER_OF(device, struct virtio_rng, device);
}

/* ---- the rings, in guest memory ------------------------------------------------- */

static bool guest(struct virtio_rng *v, bool ok, uint32_t address)
{
    if (!ok)
        machine_violation(
            v->device.machine,
            "virtio-rng: its ring or buffer reaches 0x%08x, which "
            "is no memory",
            address);
    return ok;
}

static uint32_t get(struct virtio_rng *v, uint32_t address, uint32_t bytes)
{
    uint32_t value = 0;
    guest(v, machine_peek(v->device.machine, address, &value, bytes), address);
    return value;
}

static void put(struct virtio_rng *v, uint32_t address, uint32_t value,
                uint32_t bytes)
{
    guest(v, machine_poke(v->device.machine, address, &value, bytes), address);
}

static uint32_t table_of(const struct virtio_rng *v)
{
    return v->pfn * v->page_size;
}

static uint32_t available_of(const struct virtio_rng *v)
{
    return table_of(v) + DESCRIPTOR * v->queue_size;
}

static uint32_t used_of(const struct virtio_rng *v)
{
    uint32_t end = available_of(v) + 6 + 2 * v->queue_size;
    return (end + v->align - 1) / v->align * v->align;
}

/* Fills one chain of buffers; how many bytes that were. */
static uint32_t fill(struct virtio_rng *v, uint32_t index)
{
    uint32_t filled = 0;
    for (uint32_t hop = 0; hop < v->queue_size; hop++) {
        uint32_t at = table_of(v) + DESCRIPTOR * (index % v->queue_size);
        uint32_t address = get(v, at, 4), len = get(v, at + 8, 4);
        uint32_t flags = get(v, at + 12, 2);
        for (uint32_t i = 0; (flags & FLAG_WRITE) != 0 && i < len; i++) {
            uint8_t byte = (uint8_t)(random_next(&v->random) >> 32);
            if (!guest(v,
                       machine_poke(v->device.machine, address + i, &byte, 1),
                       address + i))
                return filled;
            filled++;
        }
        if ((flags & FLAG_NEXT) == 0)
            return filled;
        index = get(v, at + 14, 2);
    }
    machine_violation(v->device.machine,
                      "virtio-rng: a chain of descriptors goes in circles");
    return filled;
}

static void serve_queue(struct virtio_rng *v)
{
    if (v->pfn == 0 || v->queue_size == 0 || v->queue != 0)
        return;
    uint32_t available = available_of(v), used = used_of(v);
    uint16_t until = (uint16_t)get(v, available + 2, 2);
    bool any = v->seen != until;
    while (v->seen != until && v->device.machine->end == END_NONE) {
        uint32_t head =
            get(v, available + 4 + 2 * (v->seen % v->queue_size), 2);
        uint16_t index = (uint16_t)get(v, used + 2, 2);
        uint32_t slot = used + 4 + 8 * (index % v->queue_size);
        put(v, slot, head, 4);
        put(v, slot + 4, fill(v, head), 4);
        put(v, used + 2, index + 1u, 2);
        v->seen++;
    }
    if (any && (get(v, available, 2) & NO_INTERRUPT) == 0) {
        v->interrupt |= USED_BUFFER;
        plic_wire(v->plic, v->source, true);
    }
}

/* ---- registers -------------------------------------------------------------------- */

static bool rng_load(struct device *device, uint32_t offset, uint32_t bytes,
                     uint32_t *value)
{
    struct virtio_rng *v = rng_of(device);
    (void)bytes;
    *value = 0;
    if (offset == MAGIC)
        *value = 0x74726976;
    else if (offset == VERSION)
        *value = 1;
    else if (offset == VENDOR)
        *value = 0x554D4551;
    else if (!v->is_there)
        return true;
    else if (offset == DEVICE_ID)
        *value = ID_ENTROPY;
    else if (offset == QUEUE_MAX)
        *value = v->queue == 0 ? QUEUE_LIMIT : 0;
    else if (offset == QUEUE_PFN)
        *value = v->queue == 0 ? v->pfn : 0;
    else if (offset == INTERRUPT_STATUS)
        *value = v->interrupt;
    else if (offset == STATUS)
        *value = v->status;
    return true;
}

static void forget(struct virtio_rng *v)
{
    v->features = v->pfn = v->queue = v->queue_size = v->status = 0;
    v->interrupt = 0;
    v->page_size = v->align = 4096;
    v->seen = 0;
    plic_wire(v->plic, v->source, false);
}

static bool rng_store(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t value)
{
    struct virtio_rng *v = rng_of(device);
    (void)bytes;
    if (!v->is_there)
        return true;
    if (offset == DRIVER_FEATURES) {
        v->features = value;
    } else if (offset == PAGE_SIZE && value != 0) {
        v->page_size = value;
    } else if (offset == QUEUE_SELECT) {
        v->queue = value;
    } else if (offset == QUEUE_SIZE && v->queue == 0) {
        v->queue_size = value <= QUEUE_LIMIT ? value : QUEUE_LIMIT;
    } else if (offset == QUEUE_ALIGN && value != 0) {
        v->align = value;
    } else if (offset == QUEUE_PFN && v->queue == 0) {
        v->pfn = value;
        v->seen = 0;
    } else if (offset == NOTIFY && value == 0) {
        serve_queue(v);
    } else if (offset == INTERRUPT_ACK) {
        v->interrupt &= ~value;
        plic_wire(v->plic, v->source, v->interrupt != 0);
    } else if (offset == STATUS) {
        v->status = value & 0xFFu;
        if (v->status == 0)
            forget(v);
    }
    return true;
}

static void rng_reset(struct device *device, enum reset_kind kind)
{
    struct virtio_rng *v = rng_of(device);
    if (kind == RESET_POWER_ON)
        v->random = v->seed;
    forget(v);
}

static const struct device_ops rng_ops = {
    .load = rng_load,
    .store = rng_store,
    .reset = rng_reset,
};

void virtio_rng_add(struct machine *machine, struct virtio_rng *slot,
                    uint32_t base, struct plic *plic, uint32_t source,
                    bool is_there, uint64_t seed)
{
    *slot = (struct virtio_rng){
        .device = { .ops = &rng_ops,
                    .name = "virtio-mmio",
                    .base = base,
                    .size = SIZE },
        .plic = plic,
        .source = source,
        .is_there = is_there,
        .seed = seed,
    };
    machine_add_device(machine, &slot->device);
}

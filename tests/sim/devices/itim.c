/* SPDX-License-Identifier: Apache-2.0 */
/* See itim.h. */
#include <tests/sim/devices/itim.h>

#include <string.h>

#include <berth/compiler.h>

enum { LINE = 64, GARBAGE = 0x9D };

static struct itim *itim_of(struct device *release)
{
    return CONTAINER_OF(release, struct itim, release);
}

static void resize(struct itim *itim, uint32_t size)
{
    if (size > itim->allocated)
        memset(itim->memory.bytes + itim->allocated, GARBAGE,
               size - itim->allocated);
    itim->allocated = size;
    bool is_whole = size == itim->memory.size;
    memory_changed(&itim->memory, 0, itim->memory.size);
    memory_set_direct(&itim->memory,
                      is_whole ? MEMORY_READ | MEMORY_WRITE | MEMORY_FETCH : 0);
}

static bool itim_load(struct memory *memory, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct itim *itim = memory->owner;
    *value = 0;
    if (offset + bytes > itim->allocated)
        return false;
    memcpy(value, memory->bytes + offset, bytes);
    return true;
}

static bool itim_store(struct memory *memory, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct itim *itim = memory->owner;
    if (offset >= itim->allocated)
        resize(itim, (offset / LINE + 1) * LINE);
    memcpy(memory->bytes + offset, &value, bytes);
    memory_changed(memory, offset, bytes);
    return true;
}

static bool itim_fetch(struct memory *memory, uint32_t offset,
                       uint32_t *halfword)
{
    return itim_load(memory, offset, 2, halfword);
}

static const struct memory_ops memory_ops = { itim_load, itim_store, itim_fetch,
                                              NULL };

static bool release_store(struct device *device, uint32_t offset,
                          uint32_t bytes, uint32_t value)
{
    (void)bytes;
    if (offset != 0 || (value & 0xFFu) != 0)
        return false;
    resize(itim_of(device), 0);
    return true;
}

static void release_reset(struct device *device, enum reset_kind kind)
{
    (void)kind;
    resize(itim_of(device), 0);
}

static const struct device_ops release_ops = {
    .store = release_store,
    .reset = release_reset,
};

void itim_add(struct machine *machine, struct itim *itim, uint32_t base,
              uint32_t size)
{
    itim->memory = (struct memory){
        .name = "ITIM",
        .base = base,
        .size = size,
        .bytes = memory_bytes(size),
        .ops = &memory_ops,
        .owner = itim,
    };
    itim->release = (struct device){ .ops = &release_ops,
                                     .name = "ITIM release",
                                     .base = base + size,
                                     .size = 4 };
    machine_add_memory(machine, &itim->memory);
    machine_add_device(machine, &itim->release);
}

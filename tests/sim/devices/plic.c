/* SPDX-License-Identifier: Apache-2.0 */
/* See plic.h. */
#include <tests/sim/devices/plic.h>

#include <string.h>

#include <berth/compiler.h>

enum {
    PENDING = 0x1000,
    ENABLE = 0x2000,
    THRESHOLD = 0x200000,
    CLAIM = 0x200004,
    PRIORITY_MAX = 7,
};

static struct plic *plic_of(struct device *device)
{
    return CONTAINER_OF(device, struct plic, device);
}

static bool bit_get(const uint32_t *words, uint32_t source)
{
    return (words[source / 32] >> source % 32 & 1u) != 0;
}

static void bit_set(uint32_t *words, uint32_t source, bool value)
{
    uint32_t bit = 1u << source % 32;
    words[source / 32] =
        value ? words[source / 32] | bit : words[source / 32] & ~bit;
}

/* The source to be claimed: highest priority, then lowest number; 0: none. */
static uint32_t best(const struct plic *p)
{
    uint32_t found = 0;
    for (uint32_t w = 0; w < PLIC_WORDS; w++) {
        uint32_t ready = p->pending[w] & p->enabled[w];
        while (ready != 0) {
            uint32_t source = 32 * w + (uint32_t)__builtin_ctz(ready);
            ready &= ready - 1;
            if (p->priority[source] > (found ? p->priority[found] : 0))
                found = source;
        }
    }
    return found;
}

static void line_update(struct plic *p)
{
    uint32_t source = best(p);
    machine_set_meip(p->device.machine,
                     source != 0 && p->priority[source] > p->threshold);
}

static void gate_look(struct plic *p, uint32_t source)
{
    if (bit_get(p->level, source) && !bit_get(p->claimed, source))
        bit_set(p->pending, source, true);
}

void plic_wire(struct plic *p, uint32_t source, bool level)
{
    if (!p || bit_get(p->level, source) == level)
        return;
    bit_set(p->level, source, level);
    gate_look(p, source);
    line_update(p);
}

static uint32_t claim(struct plic *p)
{
    uint32_t source = best(p);
    if (source != 0) {
        bit_set(p->pending, source, false);
        bit_set(p->claimed, source, true);
    }
    line_update(p);
    return source;
}

/* Ignored for a source that is not enabled: its gate stays closed. */
static void complete(struct plic *p, uint32_t source)
{
    if (source == 0 || source > p->sources || !bit_get(p->enabled, source))
        return;
    bit_set(p->claimed, source, false);
    gate_look(p, source);
    line_update(p);
}

static bool plic_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct plic *p = plic_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset < 4 * (p->sources + 1))
        *value = p->priority[offset / 4];
    else if (offset >= PENDING && offset < PENDING + 4 * PLIC_WORDS)
        *value = p->pending[(offset - PENDING) / 4];
    else if (offset >= ENABLE && offset < ENABLE + 4 * PLIC_WORDS)
        *value = p->enabled[(offset - ENABLE) / 4];
    else if (offset == THRESHOLD)
        *value = p->threshold;
    else if (offset == CLAIM)
        *value = claim(p);
    return true;
}

static void enable(struct plic *p, uint32_t word, uint32_t value)
{
    if (word == 0)
        value &= ~1u;
    for (uint32_t i = 0; i < 32; i++)
        if (32 * word + i > p->sources)
            value &= ~(1u << i);
    p->enabled[word] = value;
}

static bool plic_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct plic *p = plic_of(device);
    if (bytes != 4)
        return false;
    if (offset >= 4 && offset < 4 * (p->sources + 1))
        p->priority[offset / 4] = value & PRIORITY_MAX;
    else if (offset >= ENABLE && offset < ENABLE + 4 * PLIC_WORDS)
        enable(p, (offset - ENABLE) / 4, value);
    else if (offset == THRESHOLD)
        p->threshold = value & PRIORITY_MAX;
    else if (offset == CLAIM)
        complete(p, value);
    line_update(p);
    return true;
}

static void plic_reset(struct device *device, enum reset_kind kind)
{
    struct plic *p = plic_of(device);
    (void)kind;
    memset(p->priority, 0, sizeof p->priority);
    memset(p->pending, 0, sizeof p->pending);
    memset(p->enabled, 0, sizeof p->enabled);
    memset(p->claimed, 0, sizeof p->claimed);
    p->threshold = 0;
    for (uint32_t source = 1; source <= p->sources; source++)
        gate_look(p, source);
    line_update(p);
}

static const struct device_ops plic_ops = {
    .load = plic_load,
    .store = plic_store,
    .reset = plic_reset,
};

void plic_add(struct machine *machine, struct plic *plic, uint32_t base,
              uint32_t sources)
{
    plic->device = (struct device){
        .ops = &plic_ops, .name = "PLIC", .base = base, .size = 0x4000000
    };
    plic->sources = sources;
    machine_add_device(machine, &plic->device);
}

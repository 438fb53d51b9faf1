/* SPDX-License-Identifier: Apache-2.0 */
/* Grants: what drivers keep per process, in that process' own RAM. A block is
 * [upcall slots][read-only slices][read-write slices][the driver's data]. */
#include <kernel/process.h>
#include <kernel/string.h>

/* From the top of the app's unused RAM, down. The app can not have seen it
 * with anything in it that matters, but the driver wants zeroes. Unused begins
 * where the wall ends: with the break at RAM start that is a word above. */
static NOINLINE COLD void *grant_create(const struct grant *g,
                                        struct process *p)
{
    uint32_t size = g->data + (uint32_t)g->layout.size;
    uint32_t low = protection_end(&p->protection, PROTECTION_RAM);
    uint32_t room = p->grant_break - low;
    if (!process_is_live(p) || size > room)
        return NULL;
    uint32_t at = (p->grant_break - size) & ~7u;
    if (at < low)
        return NULL;
    p->grant_break = at;
    void *block = (void *)(uintptr_t)at;
    memset(block, 0, size);
    *grant_pointer(g, p) = block;
    return block;
}

void *grant_block(const struct grant *g, struct process *p)
{
    void *block = *grant_pointer(g, p);
    return LIKELY(block != NULL) ? block : grant_create(g, p);
}

void *grant_enter(const struct grant *g, struct process *p)
{
    uint8_t *block = *grant_pointer(g, p);
    if (UNLIKELY(block == NULL))
        block = grant_create(g, p);
    return UNLIKELY(block == NULL) ? NULL : block + g->data;
}

void *grant_peek(const struct grant *g, struct process *p)
{
    uint8_t *block = *grant_pointer(g, p);
    return block == NULL ? NULL : block + g->data;
}

COLD struct process *grant_next(const struct grant *g, struct process *previous)
{
    uint32_t slot = previous == NULL ? 0 : process_slot(previous) + 1;
    for (; slot < kernel_config.slot_count; slot++) {
        struct process *p = kernel_config.slots[slot].process;
        if (p != NULL && process_is_live(p) && *grant_pointer(g, p) != NULL)
            return p;
    }
    return NULL;
}

struct uslice allowed_ro(const struct grant *g, struct process *p,
                         uint32_t number)
{
    void *block = *grant_pointer(g, p);
    if (block == NULL || number >= g->layout.allow_ro)
        return (struct uslice){ { 0 }, 0 };
    return *grant_allow_ro(g, block, number);
}

struct uslice allowed_rw(const struct grant *g, struct process *p,
                         uint32_t number)
{
    void *block = *grant_pointer(g, p);
    if (block == NULL || number >= g->layout.allow_rw)
        return (struct uslice){ { 0 }, 0 };
    return *grant_allow_rw(g, block, number);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Grants: what drivers keep per process, in that process' own RAM. A block is
 * [upcall slots][read-only slices][read-write slices][the driver's data]. */
#include <kernel/process.h>
#include <kernel/string.h>

static inline uint32_t slots_size(const struct grant_layout *l)
{
    return 8u * ((uint32_t)l->upcalls + l->allow_ro + l->allow_rw);
}

struct upcall_slot *grant_upcall(const struct grant *g, void *block,
                                 uint32_t number)
{
    (void)g;
    return (struct upcall_slot *)block + number;
}

struct uslice *grant_allow_ro(const struct grant *g, void *block,
                              uint32_t number)
{
    return (struct uslice *)block + g->layout.upcalls + number;
}

struct uslice *grant_allow_rw(const struct grant *g, void *block,
                              uint32_t number)
{
    return (struct uslice *)block + g->layout.upcalls + g->layout.allow_ro +
           number;
}

/* From the top of the app's unused RAM, down. The app can not have seen it
 * with anything in it that matters, but the driver wants zeroes. */
static void *grant_create(const struct grant *g, struct process *p)
{
    uint32_t size = slots_size(&g->layout) + g->layout.size;
    uint32_t room = p->grant_break - p->app_break;
    if (!process_is_live(p) || size > room)
        return NULL;
    uint32_t at = (p->grant_break - size) & ~7u;
    if (at < p->app_break)
        return NULL;
    p->grant_break = at;
    void *block = (void *)(uintptr_t)at;
    memset(block, 0, size);
    GRANT_OF(p, g->index) = block;
    return block;
}

void *grant_block(const struct grant *g, struct process *p)
{
    void *block = GRANT_OF(p, g->index);
    return LIKELY(block != NULL) ? block : grant_create(g, p);
}

void *grant_enter(const struct grant *g, struct process *p)
{
    uint8_t *block = grant_block(g, p);
    return block == NULL ? NULL : block + slots_size(&g->layout);
}

void *grant_peek(const struct grant *g, struct process *p)
{
    uint8_t *block = GRANT_OF(p, g->index);
    return block == NULL ? NULL : block + slots_size(&g->layout);
}

struct process *grant_next(const struct grant *g, struct process *previous)
{
    uint32_t slot = previous == NULL ? 0 : process_slot(previous) + 1;
    for (; slot < kernel_config.slot_count; slot++) {
        struct process *p = kernel_config.slots[slot].process;
        if (p != NULL && process_is_live(p) && GRANT_OF(p, g->index) != NULL)
            return p;
    }
    return NULL;
}


struct uslice allowed_ro(const struct grant *g, struct process *p,
                         uint32_t number)
{
    void *block = GRANT_OF(p, g->index);
    if (block == NULL || number >= g->layout.allow_ro)
        return (struct uslice){ { 0 }, 0 };
    return *grant_allow_ro(g, block, number);
}

struct uslice allowed_rw(const struct grant *g, struct process *p,
                         uint32_t number)
{
    void *block = GRANT_OF(p, g->index);
    if (block == NULL || number >= g->layout.allow_rw)
        return (struct uslice){ { 0 }, 0 };
    return *grant_allow_rw(g, block, number);
}

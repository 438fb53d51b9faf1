/* SPDX-License-Identifier: Apache-2.0 */
/* The order of things. Each step finds all that is wrong in its field before
 * the work stops. */
#include "rewrite.h"

#include <string.h>

#include <pic/host/insn.h>

/* Spare words have to be reached by one lw from gp, and be zero. */
static void pool_find(struct rewrite *r)
{
    const struct linked_symbol *start =
        linked_symbol_named(&r->app, "_pool_start");
    const struct linked_symbol *end = linked_symbol_named(&r->app, "_pool_end");
    if (!start || !end || start->value == end->value)
        return;
    uint32_t length = end->value - start->value;
    if (start->value % 4 != 0 || length % 4 != 0 ||
        !linked_holds(&r->app.data, start->value, length) ||
        !insn_is_lo((int32_t)(start->value - r->app.gp)) ||
        !insn_is_lo((int32_t)(end->value - 4 - r->app.gp)))
        job_fail(r->job,
                 "%s: the spare words from _pool_start (0x%08x) to "
                 "_pool_end (0x%08x) have to lie in data within 2 KiB "
                 "of gp",
                 r->path, start->value, end->value);
    for (uint32_t at = start->value; at != end->value; at += 4) {
        if (linked_get(&r->app.data, at) != 0)
            job_fail(r->job, "%s: the spare word at 0x%08x is not zero",
                     r->path, at);
    }
    r->pool = start->value;
    r->pool_end = end->value;
}

/* libtock's start code copies what these words say; the kernel has prepared
 * RAM already, so they shall say nothing. The entry finds them by its pc. */
#define LIBTOCK_GOT_SIZE 8u
#define LIBTOCK_DATA_SIZE 20u
#define LIBTOCK_BSS_SIZE 28u
#define LIBTOCK_HEADER 40u

static void libtock_header_quiet(struct rewrite *r)
{
    static const uint32_t sizes[] = { LIBTOCK_GOT_SIZE, LIBTOCK_DATA_SIZE,
                                      LIBTOCK_BSS_SIZE };
    struct linked_image *flash = &r->app.flash;
    if (!r->app.has_libtock_header || flash->length < LIBTOCK_HEADER)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++)
        linked_set(flash, flash->base + sizes[i], 0);
}

void rewrite_app(struct job *job, void *rewrite)
{
    struct rewrite *r = rewrite;
    struct map *map = NULL;
    r->job = job;
    if (r->map_text) {
        map = job_alloc(job, 1, sizeof *map);
        map_read(map, job, r->map_text, r->map_len);
    }
    r->app.map = map;
    linked_read(&r->app, job, r->path, r->file, r->file_len, r->stack_size);
    libtock_header_quiet(r);
    r->before = job_alloc(job, r->app.flash.length + 4, 1);
    memcpy(r->before, r->app.flash.bytes, r->app.flash.length);
    pool_find(r);
    sites_find(r);
    job_check(job);
    sites_pair(r);
    job_check(job);
    sites_encode(r);
    rewrite_prove(r);
}

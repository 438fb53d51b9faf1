/* SPDX-License-Identifier: Apache-2.0 */
/* What the flow interpreter has to know of an app, out of its symbols and
 * relocations. The same for the app as it was linked and as it was rewritten. */
#include <stdlib.h>
#include <string.h>

#include <pic/host/insn.h>

#include "rewrite.h"

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static uint32_t *sorted(uint32_t *numbers, size_t count)
{
    if (count)
        qsort(numbers, count, sizeof *numbers, by_number);
    return numbers;
}

/* One flag per halfword of flash: is it in a section of code? */
static uint8_t *code_map(const struct rewrite *r)
{
    const struct linked *app = &r->app;
    size_t halves = app->flash.length / 2 + 1;
    uint8_t *map = job_alloc(r->job, halves, 1);
    for (size_t i = 0; i < app->section_count; i++) {
        const struct linked_section *s = &app->sections[i];
        uint32_t at = s->addr - app->flash.base;
        if (!s->is_code || s->is_nobits || at >= app->flash.length)
            continue;
        uint32_t size =
            s->size < app->flash.length - at ? s->size : app->flash.length - at;
        memset(map + at / 2, 1, size / 2);
    }
    return map;
}

static bool is_code(const struct rewrite *r, const uint8_t *map, uint32_t addr)
{
    uint32_t at = addr - r->app.flash.base;
    return at < r->app.flash.length && at % 2 == 0 && map[at / 2];
}

static void functions_make(struct rewrite *r, const uint8_t *map)
{
    const struct linked *app = &r->app;
    uint32_t(*list)[2] =
        job_alloc(r->job, app->function_count + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < app->function_count; i++) {
        const struct linked_symbol *s = &app->symbols[app->functions[i]];
        if (!is_code(r, map, s->value))
            continue;
        if (n && list[n - 1][0] == s->value)
            n--; /* two names of one function */
        if (n && list[n - 1][1] == 0)
            list[n - 1][1] = s->value;
        list[n][0] = s->value;
        list[n++][1] = s->size ? s->value + s->size : 0;
    }
    if (n && list[n - 1][1] == 0)
        list[n - 1][1] = app->flash.base + app->flash.length;
    r->code.functions = (const uint32_t(*)[2])list;
    r->code.function_count = n;
}

static bool names_an_address(uint32_t type)
{
    return type == REL_32 || type == REL_ADD32 || type == REL_PCREL_HI20 ||
           type == REL_HI20 || type == REL_GOT_HI20 || type == REL_GPREL_I;
}

/* Which of the words are referred to by instructions. */
static void starts_mark(struct rewrite *r, struct flow_label *labels,
                        size_t count)
{
    const struct linked *app = &r->app;
    uint32_t *referred =
        job_alloc(r->job, app->rel_count + 1, sizeof *referred);
    size_t n = 0, at = 0;
    for (size_t i = 0; i < app->rel_count; i++) {
        const struct linked_rel *rel = &app->rels[i];
        if (rel->type != REL_32 && rel->type != REL_ADD32)
            referred[n++] = rel->target;
    }
    sorted(referred, n);
    for (size_t i = 0; i < count; i++) {
        while (at < n && referred[at] < labels[i].at)
            at++;
        labels[i].is_start = at < n && referred[at] == labels[i].at;
    }
}

/* Where whose address is taken may be called from anywhere, if it is a
 * function; words of data that name a place in code may be a jump table. */
static void references_make(struct rewrite *r, const uint8_t *map,
                            const uint8_t *starts)
{
    const struct linked *app = &r->app;
    uint32_t *roots = job_alloc(r->job, app->rel_count + 1, sizeof *roots);
    uint32_t *targets = job_alloc(r->job, app->rel_count + 1, sizeof *targets);
    struct flow_label *labels =
        job_alloc(r->job, app->rel_count + 1, sizeof *labels);
    size_t root_count = 0, label_count = 0;
    roots[root_count++] = app->entry;
    for (size_t i = 0; i < app->rel_count; i++) {
        const struct linked_rel *rel = &app->rels[i];
        if (!names_an_address(rel->type) || !is_code(r, map, rel->target))
            continue;
        if (starts[(rel->target - app->flash.base) / 2])
            roots[root_count++] = rel->target;
        if (rel->type != REL_32 && rel->type != REL_ADD32)
            continue;
        targets[label_count] = rel->target;
        labels[label_count++] =
            (struct flow_label){ .at = rel->addr, .target = rel->target };
    }
    starts_mark(r, labels, label_count);
    r->code.roots = sorted(roots, root_count);
    r->code.root_count = root_count;
    r->code.labels = labels; /* relocations are by address, so are these */
    r->code.label_count = label_count;
    r->code.targets = sorted(targets, label_count);
}

static void others_make(struct rewrite *r, const uint8_t *map)
{
    const struct linked *app = &r->app;
    uint32_t *others = job_alloc(r->job, app->symbol_count + 1, sizeof *others);
    size_t n = 0;
    for (size_t i = 0; i < app->symbol_count; i++) {
        const struct linked_symbol *s = &app->symbols[i];
        if (!s->is_file && !s->is_absolute && !s->is_tls &&
            !s->is_weak_undefined && is_code(r, map, s->value))
            others[n++] = s->value;
    }
    r->code.others = sorted(others, n);
    r->code.other_count = n;
}

static void flow_site_make(struct rewrite *r, const struct site *s,
                           struct flow_site *f)
{
    uint32_t at = s->rel->addr - r->app.flash.base;
    struct insn i = insn_decode(r->before + at, r->app.flash.length - at);
    f->rd = i.rd;
    f->target = s->target;
    if (s->role == SITE_UPPER)
        f->role = FLOW_UPPER;
    else if (s->role == SITE_LOWER)
        f->role = FLOW_LOWER;
    else if (s->rel->type == REL_CALL || s->rel->type == REL_CALL_PLT)
        f->role = FLOW_CALL;
    else if (s->rel->type == REL_GPREL_I || s->rel->type == REL_LO12_I)
        f->role = FLOW_ADDRESS;
}

static void flow_sites_make(struct rewrite *r)
{
    uint32_t *lowers = job_alloc(r->job, r->site_count + 1, sizeof *lowers);
    size_t n = 0;
    r->flow_sites = job_alloc(r->job, r->site_count + 1, sizeof *r->flow_sites);
    for (size_t i = 0; i < r->site_count; i++) {
        flow_site_make(r, &r->sites[i], &r->flow_sites[i]);
        if (r->sites[i].role == SITE_LOWER)
            lowers[n++] = r->sites[i].rel->addr;
    }
    r->code.sites = r->flow_sites;
    r->code.lowers = lowers; /* in the order of the relocations: ascending */
    r->code.lower_count = n;
}

void code_make(struct rewrite *r)
{
    const uint8_t *map = code_map(r);
    uint8_t *starts = job_alloc(r->job, r->app.flash.length / 2 + 1, 1);
    r->code = (struct flow_code){ .bytes = r->before,
                                  .base = r->app.flash.base,
                                  .length = r->app.flash.length,
                                  .site_at = r->site_at };
    functions_make(r, map);
    for (size_t i = 0; i < r->code.function_count; i++)
        starts[(r->code.functions[i][0] - r->code.base) / 2] = 1;
    references_make(r, map, starts);
    others_make(r, map);
    flow_sites_make(r);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Places apps: those linked for an address by trying all combinations of their
 * builds, then the others first fit. */
#include "layout.h"

#include <stdarg.h>
#include <stdio.h>

#include "berth.h"

/* A gap in the chain is bridged by a padding object, which takes this much. */
#define GAP_MIN TBF_BASE_SIZE

/* Of all ways that were tried, the one that placed the most apps says why the
 * next one did not fit. */
struct obstacle {
    size_t depth;
    char text[640];
};

static bool is_fixed(const struct layout_build *build)
{
    return build->tbf.fixed_flash != TBF_NO_ADDRESS;
}

static bool has_only_fixed(const struct layout_app *app)
{
    for (size_t i = 0; i < app->build_count; i++) {
        if (!is_fixed(&app->builds[i]))
            return false;
    }
    return true;
}

static void obstacle_note(struct obstacle *o, size_t depth, const char *format,
                          ...) PRINTF_LIKE(3, 4);

static void obstacle_note(struct obstacle *o, size_t depth, const char *format,
                          ...)
{
    if (o->text[0] && depth <= o->depth)
        return;
    va_list args;
    va_start(args, format);
    o->depth = depth;
    vsnprintf(o->text, sizeof o->text, format, args);
    va_end(args);
}

/* Does the build fit the region by itself? */
static bool region_holds(const struct layout *l, const struct layout_build *b,
                         uint64_t start, size_t depth, struct obstacle *why)
{
    uint64_t end = start + b->tbf.total_size;
    if (b->tbf.fixed_flash < b->tbf.protected_size || start < l->start ||
        end > l->end) {
        obstacle_note(why, depth,
                      "%s: linked for flash from 0x%08llx to 0x%08llx, "
                      "outside the apps' flash from 0x%08x to 0x%08llx",
                      b->name, (unsigned long long)start,
                      (unsigned long long)end, l->start,
                      (unsigned long long)l->end);
        return false;
    }
    if (start != l->start && start - l->start < GAP_MIN) {
        obstacle_note(why, depth,
                      "%s: begins %u bytes behind the start of the chain at "
                      "0x%08x; a padding object needs %u",
                      b->name, (unsigned)(start - l->start), l->start, GAP_MIN);
        return false;
    }
    return true;
}

/* Can two builds be in flash at the same time? */
static bool flash_agrees(const struct layout_app *other,
                         const struct layout_build *b, uint64_t start,
                         size_t depth, struct obstacle *why)
{
    const struct layout_build *o = layout_chosen(other);
    uint64_t end = start + b->tbf.total_size;
    uint64_t other_end = layout_end(other);
    if (start < other_end && other->start < end) {
        obstacle_note(why, depth,
                      "%s (0x%08llx to 0x%08llx) and %s (0x%08x to 0x%08llx) "
                      "overlap in flash; link one of them for another address",
                      b->name, (unsigned long long)start,
                      (unsigned long long)end, o->name, other->start,
                      (unsigned long long)other_end);
        return false;
    }
    uint64_t gap = start >= other_end ? start - other_end : other->start - end;
    if (gap != 0 && gap < GAP_MIN) {
        obstacle_note(why, depth,
                      "between %s and %s there are %u bytes; a padding object "
                      "needs %u",
                      b->name, o->name, (unsigned)gap, GAP_MIN);
        return false;
    }
    return true;
}

static bool ram_agrees(const struct layout_app *other,
                       const struct layout_build *b, size_t depth,
                       struct obstacle *why)
{
    const struct layout_build *o = layout_chosen(other);
    uint64_t b_end = (uint64_t)b->tbf.fixed_ram + b->tbf.minimum_ram;
    uint64_t o_end = (uint64_t)o->tbf.fixed_ram + o->tbf.minimum_ram;
    if (b->tbf.fixed_ram == TBF_NO_ADDRESS ||
        o->tbf.fixed_ram == TBF_NO_ADDRESS || b->tbf.fixed_ram >= o_end ||
        o->tbf.fixed_ram >= b_end)
        return true;
    obstacle_note(why, depth,
                  "%s (0x%08x to 0x%08llx) and %s (0x%08x to 0x%08llx) overlap "
                  "in RAM; only one of them can run",
                  b->name, b->tbf.fixed_ram, (unsigned long long)b_end, o->name,
                  o->tbf.fixed_ram, (unsigned long long)o_end);
    return false;
}

static bool build_fits(const struct layout *l, const struct layout_build *b,
                       uint64_t start, size_t depth, struct obstacle *why)
{
    if (!region_holds(l, b, start, depth, why))
        return false;
    for (size_t i = 0; i < l->count; i++) {
        if (!l->apps[i].is_placed)
            continue;
        if (!flash_agrees(&l->apps[i], b, start, depth, why) ||
            (!l->ram_may_overlap && !ram_agrees(&l->apps[i], b, depth, why)))
            return false;
    }
    return true;
}

/* Tries the builds of app `depth` and, for each that fits, those of the apps
 * behind it. */
static bool fixed_place(struct layout *l, size_t depth, struct obstacle *why)
{
    while (depth < l->count && !has_only_fixed(&l->apps[depth]))
        depth++;
    if (depth == l->count)
        return true;
    struct layout_app *app = &l->apps[depth];
    for (size_t i = 0; i < app->build_count; i++) {
        const struct tbf *t = &app->builds[i].tbf;
        uint64_t start = (uint64_t)t->fixed_flash - t->protected_size;
        if (!build_fits(l, &app->builds[i], start, depth, why))
            continue;
        app->chosen = i;
        app->start = (uint32_t)start;
        app->is_placed = true;
        if (fixed_place(l, depth + 1, why))
            return true;
        app->is_placed = false;
    }
    return false;
}

/* Puts an app that may lie anywhere into the first gap that holds it and
 * leaves nothing or room for a padding object. */
static void free_place(const struct layout *l, struct layout_app *app)
{
    while (is_fixed(layout_chosen(app)))
        app->chosen++;
    uint32_t size = layout_chosen(app)->tbf.total_size;
    uint64_t at = l->start;
    for (;;) {
        const struct layout_app *next = layout_next(l, at);
        uint64_t gap = (next ? next->start : l->end) - at;
        if (size == gap || size + GAP_MIN <= gap || (!next && size <= gap))
            break;
        if (!next)
            fail(EXIT_REFUSED, "%s: %u bytes of flash, and no gap holds them",
                 app->path, size);
        at = layout_end(next);
    }
    app->start = (uint32_t)at;
    app->is_placed = true;
}

const struct layout_app *layout_next(const struct layout *l, uint64_t address)
{
    const struct layout_app *next = NULL;
    for (size_t i = 0; i < l->count; i++) {
        const struct layout_app *app = &l->apps[i];
        if (app->is_placed && app->start >= address &&
            (!next || app->start < next->start))
            next = app;
    }
    return next;
}

void layout_make(struct layout *l)
{
    struct obstacle ram = { 0 }, flash = { 0 };
    l->ram_may_overlap = false;
    if (!fixed_place(l, 0, &ram)) {
        l->ram_may_overlap = true;
        if (!fixed_place(l, 0, &flash))
            fail(EXIT_REFUSED, "%s", flash.text);
        warn("%s", ram.text);
    }
    for (size_t i = 0; i < l->count; i++) {
        if (!l->apps[i].is_placed)
            free_place(l, &l->apps[i]);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which app goes where in a flash region. Pure: no files. */
#ifndef BERTH_LAYOUT_H
#define BERTH_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pic/tbf.h>

#include "file.h"

/* One build of an app. */
struct layout_build {
    char name[160]; /* for messages: file, and member of a TAB */
    const uint8_t *bytes;
    struct tbf tbf;
};

/* An app: one of its builds is laid out. */
struct layout_app {
    const char *path;
    struct layout_build *builds;
    size_t build_count;
    size_t chosen;
    bool is_placed;
    uint32_t start; /* address of the object */
};

struct layout {
    uint32_t start; /* of the chain of objects */
    uint64_t end;   /* nothing lies at or behind it */
    struct layout_app *apps;
    size_t count;
    bool ram_may_overlap; /* set if there was no other way */
};

/* Choose a build of each app and place it. Apps linked for an address lie
 * there, all others in the first gap that holds them. Ends the program when
 * that cannot be done, and says which apps are in each other's way. */
void layout_make(struct layout *layout);

/* The app that was placed lowest at or behind `address`, or NULL. */
const struct layout_app *layout_next(const struct layout *layout,
                                     uint64_t address);

static inline const struct layout_build *layout_chosen(
    const struct layout_app *app)
{
    return &app->builds[app->chosen];
}

static inline uint64_t layout_end(const struct layout_app *app)
{
    return (uint64_t)app->start + layout_chosen(app)->tbf.total_size;
}

#endif

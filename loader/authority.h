/* SPDX-License-Identifier: Apache-2.0 */
/* Which apps may use the drivers that hold power over others (app loader,
 * process information). Pure. For those drivers and the loader.
 *
 * Two things are needed, and neither grants anything by itself: a line in the
 * board's list, and an entry for the driver in the app's own Permissions TLV.
 * An app without that TLV, which may use all other drivers, may not use these. */
#ifndef LOADER_AUTHORITY_H
#define LOADER_AUTHORITY_H

#include <stdint.h>

#include <berth/compiler.h>
#include <pic/tbf.h>

#define AUTHORITY_ANY_KEY 0u

/* A line of the board's list. */
struct authority_line {
    uint32_t short_id; /* not 0 */
    uint32_t key; /* the key that has to have accepted it; AUTHORITY_ANY_KEY */
};

enum authority {
    AUTHORITY_OK,
    AUTHORITY_NO_SHORT_ID,   /* it has none, so no line can name it */
    AUTHORITY_NOT_LISTED,    /* the board's list does not name it */
    AUTHORITY_OTHER_KEY,     /* the list demands another key */
    AUTHORITY_NO_PERMISSION, /* its header does not ask for the driver */
};

/* Who asks. */
struct authority_app {
    uint32_t short_id;
    uint32_t key; /* the number of the key that accepted it, 0: none has */
    const uint8_t *base;
    const struct tbf *tbf;
};

enum authority authority_check(const struct authority_line *list,
                               uint32_t count, const struct authority_app *app,
                               uint32_t driver);

/* What is missing, for people. */
const char *authority_text(enum authority a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Who an app is, which of two apps with one identity may run, and what may
 * replace what. Pure: no flash, no journal, no processes. For the loader. */
#ifndef LOADER_IDENTITY_H
#define LOADER_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <pic/tbf.h>

/* What a board takes for an app's identity. */
enum identity_policy {
    IDENTITY_BY_NAME,     /* the package name; ShortId is its CRC */
    IDENTITY_BY_HEADER,   /* the header's ShortId, nothing else */
    IDENTITY_BY_NAME_KEY, /* the name, and the key that accepted the app */
};

/* Points into the object it was made of. An app that has neither a name nor a
 * ShortId is like no other: its identity equals none. Nor does that of an app
 * without a ShortId where only that counts; but whoever updates such an app
 * names the one he means, and the name has to agree. */
struct identity {
    const uint8_t *name; /* NULL: does not count */
    uint32_t name_len;
    bool is_unique; /* the name counts for updates only */
    uint32_t key;   /* number of the key, from 1; 0: none, or does not count */
    uint32_t short_id; /* 0: unique to this board */
};

/* Equal to no other? */
static inline bool identity_is_unique(const struct identity *id)
{
    return id->short_id == 0 && (id->name == NULL || id->is_unique);
}

/* `key`: the number of the key whose credential was accepted, 0: none was. */
void identity_make(struct identity *out, enum identity_policy policy,
                   const uint8_t *base, const struct tbf *tbf, uint32_t key);

/* Same AppID, or same fixed ShortId. */
bool identity_equal(const struct identity *a, const struct identity *b);

/* One of the apps in flash that want to run. */
struct candidate {
    struct identity identity;
    uint32_t version, at;
    /* By the journal, as the store tells it: an object's start, or NONE. */
    uint32_t trial_of, replaced_by;
};

#define IDENTITY_NONE 0xFFFFFFFFu

enum block {
    BLOCK_NONE,
    BLOCKED_BY_VERSION,  /* the other is newer */
    BLOCKED_BY_IDENTITY, /* the other has the same version and comes first, or
                            runs already */
    BLOCKED_BY_TRIAL,    /* the other is on trial in its stead */
};

/* Does `other` keep `app` from running? Of two, one is blocked, never both. */
enum block candidate_blocked(const struct candidate *app,
                             const struct candidate *other);

/* Does a process with that identity keep it from running? Whatever version. */
enum block process_blocks(const struct identity *app,
                          const struct identity *process);

/* What an update has to satisfy. */
struct key_successor {
    uint8_t key, successor;
};

struct update {
    const struct identity *old_identity, *new_identity;
    uint32_t old_key, new_key;
    bool needs_key; /* the board demands credentials */
    const struct key_successor *successors;
    uint32_t successor_count;
    uint32_t old_version, new_version;
    uint32_t floor; /* see version_floor() */
    bool is_forced; /* equal versions are wanted */
};

enum update_verdict {
    UPDATE_OK,
    UPDATE_OTHER_IDENTITY,
    UPDATE_OTHER_KEY,
    UPDATE_LOWER_VERSION, /* than the one it replaces: never */
    UPDATE_BELOW_FLOOR,   /* than one that was confirmed: never */
    UPDATE_SAME_VERSION,  /* only by force */
};

enum update_verdict update_check(const struct update *update);

/* No version below the floor is taken any more: the floor is the highest
 * version among the apps of that identity that are not on trial. Begin with 0
 * and take in each app of the store. */
uint32_t version_floor(uint32_t floor, const struct identity *identity,
                       const struct candidate *app);

#endif

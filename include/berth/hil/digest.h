/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes and message authentication codes, computed by the core in pieces that
 * the caller makes small enough. The state lies with the caller, 8-aligned,
 * holds no pointer to itself and needs no end. */
#ifndef BERTH_HIL_DIGEST_H
#define BERTH_HIL_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE_MAX 64u /* bytes of the longest digest */
#define DIGEST_KEY_MAX 64u
#define DIGEST_PIECE 64u /* bytes to add at a time, at most */

struct digest_class {
    uint16_t state; /* bytes of it */
    uint16_t size;  /* bytes of the digest */
    /* Start anew. `key` is of at most DIGEST_KEY_MAX bytes; a hash has none
     * and ignores it. */
    void (*begin)(void *state, const uint8_t *key, size_t key_len);
    /* What is left of that, a step of it, before anything is added; true: once
     * more, please. Optional. */
    bool (*prepare)(void *state);
    void (*add)(void *state, const uint8_t *bytes, size_t len);
    /* All has been added. What can be done now of what end() would do, a step
     * of it; true: once more. Nothing but that and end() comes after.
     * Optional. */
    bool (*close)(void *state);
    /* The digest of all that was added; the state may not be used any more. */
    void (*end)(void *state, uint8_t *digest);
};

#endif

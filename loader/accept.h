/* SPDX-License-Identifier: Apache-2.0 */
/* Which apps a board accepts, and by which of its keys: what a board says about
 * it, and what the loading machine remembers. A board's board.mk names
 * loader/accept.c in LOADER_CHECK; the others have loader/accept_none.c. */
#ifndef LOADER_ACCEPT_H
#define LOADER_ACCEPT_H

#include <loader/credential.h>
#include <loader/identity.h>

/* An app that was accepted, by its offset in the flash. key 0: a free line. */
struct accepted {
    uint32_t at, checksum; /* of its header */
    uint32_t key;
};

/* What a board demands. Const. */
struct accept_policy {
    bool is_required; /* an app that is not accepted does not run */
    const struct checker *checkers;
    uint32_t checker_count;
    const struct board_key *keys; /* key n is keys[n - 1] */
    uint32_t key_count;
    /* A key that may update what another one signed. */
    const struct key_successor *successors;
    uint32_t successor_count;
    /* Lines for as many apps as can be accepted at a time. */
    struct accepted *accepted;
    uint32_t accepted_max;
    /* For the largest state of the checkers' digests; 8-aligned. */
    uint8_t *state;
    uint32_t state_size;
    struct verifier *verifier; /* where a checker is for signatures */
};

/* Defined where credentials are demanded (accept.c) and where they are gone around
 * (boot_mode.c): a kernel that has both cannot be linked. */
extern const uint8_t either_credentials_or_bootloader_mode;

#endif

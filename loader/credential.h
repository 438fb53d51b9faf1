/* SPDX-License-Identifier: Apache-2.0 */
/* One check of the credentials of one object, in steps. Pure: bytes, footers
 * and keys in, a verdict out. What reads 64 bytes at the most is one step; only
 * signatures are waited for, which the verifier checks.
 *
 * Which credential decides: the first, in the order of the footers, that a
 * checker of the board accepts. Those of other formats are passed over, as are
 * those that are wrong, for whoever could put a wrong one in front could as well
 * have left it away. If none is accepted the first that was wrong is told of. A
 * verifier that fails ends the check: what it did not say is not made up for.
 *
 * Only so many are tried, as each costs a digest of the whole object or a
 * verifier's time: footers are covered by nothing, and a sector full of wrong
 * ones would keep all other apps waiting, boot after boot. */
#ifndef LOADER_CREDENTIAL_H
#define LOADER_CREDENTIAL_H

#include <loader/checker.h>
#include <pic/footer.h>

#define CHECK_TRIES_MAX 16u

struct check_client {
    /* Go on with check_step(), soon. */
    void (*wake)(struct check_client *client);
};

struct check_result {
    enum check_verdict verdict;
    uint32_t key;    /* ACCEPTED: from 1 */
    uint32_t format; /* of what decided, or was wrong first */
    uint32_t detail; /* see enum check_verdict */
};

struct check {
    /* Of the board. */
    const struct checker *checkers;
    uint32_t checker_count;
    const struct board_key *keys;
    uint32_t key_count;
    uint8_t *state; /* 8-aligned, for the largest state of the digests */
    struct verifier *verifier; /* NULL: no signature is checked */
    struct check_client *client;

    /* The object. */
    const uint8_t *base;
    struct tbf tbf;

    /* Under way. */
    uint32_t at;    /* of the next footer */
    uint32_t tries; /* credentials that are left to be tried */
    struct footer footer;
    const struct checker *checker;   /* of `footer`; NULL: look for another */
    const struct digest_class *made; /* `digest` is there, made by that */
    uint32_t done;                   /* covered bytes that are in */
    uint32_t hmac_key;               /* index of the key that is tried */
    bool is_begun, is_prepared, is_closed;
    uint8_t digest[DIGEST_SIZE_MAX];

    struct check_result result;
};

/* `base` can be read whenever a step is made. */
void check_begin(struct check *c, const uint8_t *base, const struct tbf *tbf);
/* DONE: the result is there. WAITS: until client->wake(). */
enum check_progress check_step(struct check *c);

/* For checkers: that key accepts it, or this is what is wrong. */
enum check_progress check_accept(struct check *c, uint32_t key);
enum check_progress check_refuse(struct check *c, enum check_verdict verdict);
/* In the same time whatever the bytes are. */
bool check_equal(const uint8_t *a, const uint8_t *b, uint32_t len);

/* For people, without a full stop: "its hash is wrong". */
const char *check_text(enum check_verdict verdict);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Checkers: each judges credentials of one format. A board lists those it wants
 * in a const table, by the CHECKER_... below; what it does not list is neither
 * looked at nor linked. For boards and loader/credential.h. */
#ifndef LOADER_CHECKER_H
#define LOADER_CHECKER_H

#include <stdbool.h>

#include <berth/hil/digest.h>
#include <berth/keys.h>
#include <berth/tbf.h>

struct check;

/* What became of a check. */
enum check_verdict {
    CHECK_NOT_MADE,      /* nothing is checked on this board */
    CHECK_ACCEPTED,      /* by key number `key` */
    CHECK_NO_CREDENTIAL, /* none of a format that is checked here */
    CHECK_MALFORMED,     /* one of such a format is of another length, or what
                             stands behind the binary are no footers */
    CHECK_BAD_HASH,      /* its bytes are not those that were hashed */
    CHECK_UNKNOWN_KEY,   /* the board has not the key that it names, or none of
                             that format at all */
    CHECK_NOT_SIGNED,    /* no key of the board made it of these bytes */
    CHECK_VERIFIER_FAILED, /* the verifier faulted, hung or said nonsense */
    CHECK_NO_VERIFIER, /* there was no RAM or no slot for it: detail bytes */
    CHECK_NO_ROOM,     /* the board remembers no more accepted apps */
    CHECK_WRITEABLE,   /* what it covers can be written by the app itself */
};

enum check_progress { CHECK_MORE, CHECK_WAITS, CHECK_DONE };

struct checker {
    uint16_t format; /* enum credential_format */
    /* What is made of the covered bytes, and whether with a key: then once for
     * each HMAC key of the board. */
    const struct digest_class *digest;
    bool is_keyed;
    /* The digest is there: judge check->footer. Sets verdict and key, or WAITS
     * until check->client->wake(). */
    enum check_progress (*judge)(struct check *check);
};

enum check_progress checker_hash(struct check *check);
enum check_progress checker_hmac(struct check *check);
enum check_progress checker_signature(struct check *check);

/* `d`: the digest class that the format wants, where it is a choice. */
#define CHECKER_SHA256(d)                                                      \
    {                                                                          \
        CREDENTIAL_SHA256, d, false, checker_hash                              \
    }
#define CHECKER_SHA384(d)                                                      \
    {                                                                          \
        CREDENTIAL_SHA384, d, false, checker_hash                              \
    }
#define CHECKER_SHA512(d)                                                      \
    {                                                                          \
        CREDENTIAL_SHA512, d, false, checker_hash                              \
    }
#define CHECKER_HMAC_SHA256(d)                                                 \
    {                                                                          \
        CREDENTIAL_HMAC, d, true, checker_hmac                                 \
    }
#define CHECKER_ECDSA_P256(sha256)                                             \
    {                                                                          \
        CREDENTIAL_ECDSA, sha256, false, checker_signature                     \
    }
#define CHECKER_RSA_2048(sha256)                                               \
    {                                                                          \
        CREDENTIAL_RSA2048, sha256, false, checker_signature                   \
    }
#define CHECKER_RSA_4096(sha512)                                               \
    {                                                                          \
        CREDENTIAL_RSA4096, sha512, false, checker_signature                   \
    }

/* The key number of an app that was accepted by a hash alone: nobody's. */
#define CHECK_KEY_OF_NOBODY 0xFFFFu

#endif

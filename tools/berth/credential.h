/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of TBF objects: made with keys, and judged. Which bytes they are,
 * and what they cover, is pic/footer.h. */
#ifndef BERTH_CREDENTIAL_H
#define BERTH_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pic/footer.h>

#include "file.h"
#include "key.h"

/* What all credentials of an object cover, and its hashes. */
struct covered {
    const uint8_t *bytes;
    size_t len;
    uint8_t sha256[br_sha256_SIZE];
    uint8_t sha384[br_sha384_SIZE];
    uint8_t sha512[br_sha512_SIZE];
};

void covered_take(struct covered *out, const uint8_t *bytes, size_t len);

/* The data of a credential; the key is one of that format that can sign, or
 * NULL for a hash. */
struct bytes credential_make(const struct covered *covered, uint32_t format,
                             const struct key *key);

enum verdict {
    CREDENTIAL_RIGHT,  /* a hash that is right, or made with the key */
    CREDENTIAL_WRONG,  /* not what it has to be: the object was changed */
    CREDENTIAL_NO_KEY, /* made with none of the keys, or with one of them over
                        * something else, which cannot be told apart */
    CREDENTIAL_UNUSED, /* says nothing that could be judged */
};

struct judgement {
    enum verdict verdict;
    const struct key *key; /* that it was made with; NULL for a hash */
};

struct judgement credential_judge(const struct covered *covered,
                                  const uint8_t *base, const struct footer *f,
                                  const struct keys *keys);

/* Can its format be made without a key? */
bool credential_is_hash(uint32_t format);

#define OBJECT_CREDENTIALS_MAX 64u

/* What a whole object is worth. */
struct object_verdict {
    enum tbf_error error; /* if it is not TBF_OK, nothing else is set */
    struct tbf tbf;
    /* At least one credential is right, with keys one that was made with one of
     * them, and none is wrong; and the app changes nothing of what they cover. */
    bool is_accepted;
    bool has_writeable; /* it would: a region of flash that it may write */
    uint32_t count;     /* of footers but room, the first few of which follow */
    struct footer footers[OBJECT_CREDENTIALS_MAX];
    struct judgement judgements[OBJECT_CREDENTIALS_MAX];
    uint32_t room; /* bytes of footers that say nothing */
    uint32_t rest; /* bytes at its end that are no footer */
};

/* The object that begins at `base`. More than OBJECT_CREDENTIALS_MAX footers
 * are not accepted. */
void object_judge(struct object_verdict *out, const uint8_t *base,
                  uint32_t avail, const struct keys *keys);

#endif

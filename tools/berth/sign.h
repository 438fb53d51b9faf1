/* SPDX-License-Identifier: Apache-2.0 */
/* Puts credentials into TBF objects. */
#ifndef BERTH_SIGN_H
#define BERTH_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "credential.h"

#define SIGN_MAX 16u

struct signing {
    struct {
        uint32_t format;
        const struct key *key; /* NULL: a hash */
    } wanted[SIGN_MAX];
    uint32_t count;
    bool is_stripped;  /* take away the credentials that are there */
    bool is_fitted;    /* leave no more room than is needed */
    uint32_t reserve;  /* bytes of room to leave for others */
    uint32_t multiple; /* of which the size has to be one; 0: of 4 */
};

/* One more credential to make. */
void signing_add(struct signing *s, uint32_t format, const struct key *key);

/* The object with those credentials; `what` names it in messages. Refuses one
 * that cannot carry them, and one whose other credentials would break. */
struct bytes sign_object(const struct signing *s, const char *what,
                         const struct bytes *object);

#endif

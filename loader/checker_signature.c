/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures: ECDSA P-256, RSA-2048 and RSA-4096 (PKCS#1 v1.5). The verifier
 * checks them; here is what needs no arithmetic. */
#include <loader/credential.h>
#include <loader/verifier.h>

/* Can that key have made it? An RSA-4096 credential names its key. */
static bool is_candidate(const struct check *c, const struct board_key *key)
{
    const struct footer *f = &c->footer;
    uint32_t named = credential_modulus_size(f->format);
    return key->format == f->format &&
           (named == 0 ||
            (key->len == named &&
             check_equal(key->bytes, c->base + f->data.offset, named)));
}

const struct board_key *check_key(const struct check *c, uint32_t number)
{
    const struct board_key *key = &c->keys[number - 1];
    return is_candidate(c, key) ? key : NULL;
}

static bool has_candidate(const struct check *c)
{
    for (uint32_t i = 0; i < c->key_count; i++)
        if (is_candidate(c, &c->keys[i]))
            return true;
    return false;
}

/* Called a second time when the verifier has answered. */
enum check_progress checker_signature(struct check *c)
{
    struct verifier *v = c->verifier;
    if (!has_candidate(c))
        return check_refuse(c, CHECK_UNKNOWN_KEY);
    if (v == NULL)
        return check_refuse(c, CHECK_VERIFIER_FAILED);
    switch (verifier_ask(v, c)) {
    case VERIFIER_BUSY:
        return CHECK_WAITS;
    case VERIFIER_GOOD:
        return check_accept(c, v->key);
    case VERIFIER_BAD:
        return check_refuse(c, CHECK_NOT_SIGNED);
    case VERIFIER_NO_ROOM:
        c->result.detail = v->missing;
        return check_refuse(c, CHECK_NO_VERIFIER);
    case VERIFIER_FAILED:
        break;
    }
    return check_refuse(c, CHECK_VERIFIER_FAILED);
}

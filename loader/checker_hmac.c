/* SPDX-License-Identifier: Apache-2.0 */
/* A code made with a secret that the board shares with whoever signs for it. */
#include <loader/credential.h>

enum check_progress checker_hmac(struct check *c)
{
    bool is_equal = check_equal(c->digest, c->base + c->footer.data.offset,
                                c->footer.data.len);
    uint32_t number = c->hmac_key + 1;
    c->made = NULL; /* it is of that key alone */
    if (is_equal)
        return check_accept(c, number);
    for (c->hmac_key = number; c->hmac_key < c->key_count; c->hmac_key++)
        if (c->keys[c->hmac_key].format == CREDENTIAL_HMAC)
            return CHECK_MORE;
    return check_refuse(c, CHECK_NOT_SIGNED);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A plain hash: it shows that nothing was changed by accident, and nothing of
 * who made it. */
#include <loader/credential.h>

enum check_progress checker_hash(struct check *c)
{
    if (check_equal(c->digest, c->base + c->footer.data.offset,
                    c->footer.data.len))
        return check_accept(c, CHECK_KEY_OF_NOBODY);
    return check_refuse(c, CHECK_BAD_HASH);
}

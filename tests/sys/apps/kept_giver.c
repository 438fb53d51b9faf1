/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps two values, for kept_friend to find. */
#include "check.h"

#include <berth/kv.h>

int main(void)
{
    const uint32_t lives = 1;
    check("a value is kept",
          berth_kv_put(BERTH_KV_SET, "a", 1, "three", 5) == OK);
    check("and another one",
          berth_kv_put(BERTH_KV_SET, "lives", 5, &lives, sizeof lives) == OK);
    return check_end();
}

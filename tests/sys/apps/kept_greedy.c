/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps values until it may keep no more, small ones or, as a second life, long ones;
 * then it goes on to change what it has. */
#include "check.h"

#include <berth/kv.h>
#include <berth/nonvolatile.h>

static uint8_t value[BERTH_KV_VALUE_MAX];

static uint32_t fill(size_t length)
{
    uint32_t count = 0;
    while (berth_kv_put(BERTH_KV_ADD, &count, sizeof count, value, length) ==
           OK) {
        count++;
    }
    return count;
}

int main(void)
{
    uint32_t key = 0, size;
    uint32_t count = fill(1);
    printf("kept_greedy: %lu values\n", (unsigned long)count);
    check("no more of them", berth_kv_put(BERTH_KV_ADD, &count, sizeof count,
                                          value, 1) == ERR_NOMEM);
    while (berth_kv_put(BERTH_KV_SET, &key, sizeof key, value, sizeof value) ==
           OK) {
        key++;
    }
    printf("kept_greedy: %lu of them long\n", (unsigned long)key);
    check("nor longer ones", berth_kv_put(BERTH_KV_UPDATE, &key, sizeof key,
                                          value, sizeof value) == ERR_NOMEM);
    check("others of that length",
          berth_kv_put(BERTH_KV_UPDATE, &key, sizeof key, "x", 1) == OK);
    check("isolated storage, too",
          berth_isolated_size(&size) == OK &&
              berth_isolated_write(size - 300, value, 300) == OK);
    return check_end();
}

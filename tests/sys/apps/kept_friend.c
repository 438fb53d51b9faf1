/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and changes what kept_giver keeps, as its header asks for: which counts if
 * the same key has accepted both. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/kv.h>
#include <string.h>

int main(void)
{
    uint8_t back[16];
    size_t length = 0;
    uint32_t lives;
    err_t error = ERR_FAIL;
    for (int i = 0; i < 100 && error != OK; i++) {
        (void)berth_sleep_ms(20);
        error = berth_kv_get("lives", 5, &lives, sizeof lives, &length);
    }
    printf("kept_friend: reads: %s\n", berth_strerror(error));
    error = berth_kv_get("a", 1, back, sizeof back, &length);
    printf("kept_friend: reads a value of %u: %s\n", (unsigned)length,
           berth_strerror(error));
    error = berth_kv_put(BERTH_KV_UPDATE, "a", 1, "changed", 7);
    printf("kept_friend: changes: %s\n", berth_strerror(error));
    error = berth_kv_put(BERTH_KV_ADD, "a", 1, "x", 1);
    printf("kept_friend: adds: %s\n", berth_strerror(error));
    return OK;
}

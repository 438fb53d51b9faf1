/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for what abi_kept keeps: its header names the other's ShortId in all
 * lists, but no credential has accepted it. */
#include "check.h"

#include <berth/kv.h>
#include <berth/nonvolatile.h>
#include <string.h>

int main(void)
{
    uint8_t back[16];
    size_t length = 0;
    uint32_t size = 0;
    check("another app's key is not there",
          berth_kv_get("a", 1, back, sizeof back, &length) == ERR_NOSUPPORT);
    check("nor can it be changed",
          berth_kv_put(BERTH_KV_UPDATE, "a", 1, "x", 1) == ERR_NOSUPPORT &&
              berth_kv_delete("a", 1) == ERR_NOSUPPORT);
    check("its name is free", berth_kv_put(BERTH_KV_ADD, "a", 1, "x", 1) == OK);
    check("isolated storage is blank",
          berth_isolated_size(&size) == OK &&
              berth_isolated_read(size - 16, back, 16) == OK &&
              memcmp(back, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8) == 0);
    check("a key of its own is",
          berth_kv_get("a", 1, back, sizeof back, &length) == OK &&
              length == 1 && back[0] == 'x');
    check("and goes", berth_kv_delete("a", 1) == OK);
    return check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An app without a ShortId has nothing by which its data could be found again. */
#include "check.h"

#include <berth/kv.h>
#include <berth/nonvolatile.h>

int main(void)
{
    uint8_t back[4];
    size_t length = 0;
    uint32_t size = 0;
    check("no key can be kept",
          berth_kv_put(BERTH_KV_SET, "a", 1, "x", 1) == ERR_INVAL &&
              berth_kv_get("a", 1, back, 1, &length) == ERR_INVAL &&
              berth_kv_collect() == ERR_INVAL);
    check("nor isolated bytes",
          berth_isolated_size(&size) == ERR_NOSUPPORT &&
              berth_isolated_read(0, back, 4) == ERR_NOSUPPORT &&
              berth_isolated_write(0, back, 4) == ERR_NOSUPPORT);
    check("shared bytes are for all", berth_nonvolatile_read(0, back, 4) == OK);
    return check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Installs an app as soon as nobody else's transfer is in the way. */
#include "check.h"
#include "payload.h"

static const struct payload small = { 1024, 1, 0x79, 0x44 };

int main(void)
{
    uint32_t status = REFUSED + ERR_BUSY;
    for (int i = 0; i < 100000 && status == REFUSED + ERR_BUSY; i++) {
        status = install(&small, NULL);
    }
    check_equal("install", status, 0);
    check_equal("load", ask(4, 0, 0, NULL), 0);
    printf("heir: %u ok, %u FAIL\n", checks_ok, checks_failed);
    (void)find, (void)ask_more;
    return 0;
}

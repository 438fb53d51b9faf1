/* SPDX-License-Identifier: Apache-2.0 */
/* Has no authority over apps, and asks all the same. */
#include "check.h"
#include "payload.h"

int main(void)
{
    struct entry e;
    for (uint32_t n = 1; n < 8; n++)
        check_equal("the app loader is not for everybody",
                    ask(n, 1024, 0, NULL), REFUSED + ERR_NOSUPPORT);
    for (uint32_t n = 2; n < 15; n++)
        check_equal("nor is what it lacks", ask_more(n, 0, 0),
                    REFUSED + ERR_NOSUPPORT);
    check_equal("nor the list", find(&e, 0, 0), REFUSED + ERR_NOSUPPORT);
    (void)install;
    printf("intruder: %u ok, %u FAIL\n", checks_ok, checks_failed);
    return 0;
}

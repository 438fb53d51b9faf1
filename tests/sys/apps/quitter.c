/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a transfer, writes half of it and faults with a write under way. */
#include "check.h"
#include "payload.h"

static const struct payload half = { 8192, 1, 0x78, 0x33 };

int main(void)
{
    payload_make(&half);
    check_equal("setup", ask(1, half.size, 0, NULL), 0);
    check_equal("half of it", write_image(0, 4096, 4096), 0);
    (void)syscall_allow_ro(LOADER, 0, image + 1024, 4096);
    printf("quitter: %u ok, %u FAIL\n", checks_ok, checks_failed);
    (void)syscall_command(LOADER, 2, 4096, 4096);
    *(volatile uint32_t *)0 = 0;
    (void)install, (void)find, (void)ask_more;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for an event that can never come, of a driver that keeps nothing for
 * apps: blocked for ever, and nothing else. */
#include <stdio.h>
#include <syscall.h>

int main(void)
{
    printf("abi_forever: waits\n");
    (void)syscall_yield_wait_for(DRIVER_LED, 0);
    printf("abi_forever: RETURNED\n");
    return 0;
}

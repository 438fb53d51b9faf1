/* SPDX-License-Identifier: Apache-2.0 */
/* Ends with a completion code of its own, an alarm still armed and a read still
 * going on. */
#include <berth/exit.h>
#include <stdio.h>
#include <syscall.h>

int main(void)
{
    static char byte;
    printf("abi_end: ends\n");
    (void)syscall_command(DRIVER_ALARM, 5, 1000000, 0);
    (void)syscall_allow_rw(DRIVER_CONSOLE, 1, &byte, 1);
    (void)syscall_command(DRIVER_CONSOLE, 2, 1, 0);
    berth_exit(1234);
}

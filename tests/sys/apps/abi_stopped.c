/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for a byte to be typed, and says what it got. */
#include <stdio.h>
#include <syscall.h>

int main(void)
{
    static char byte;
    printf("abi_stopped: waits\n");
    (void)syscall_allow_rw(DRIVER_CONSOLE, 1, &byte, 1);
    (void)syscall_command(DRIVER_CONSOLE, 2, 1, 0);
    struct event e = syscall_yield_wait_for(DRIVER_CONSOLE, 2);
    printf("abi_stopped: got %c, status %lu, %lu byte\n", byte,
           (unsigned long)e.value[0], (unsigned long)e.value[1]);
    return 0;
}

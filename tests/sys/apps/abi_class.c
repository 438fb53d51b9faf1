/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a system call of a class that there is not. */
#include <stdio.h>
#include <syscall.h>

int main(void)
{
    printf("abi_class: calls\n");
    (void)syscall4((enum syscall_class)0xBD, 1, 2, 3, 4);
    printf("abi_class: RETURNED\n");
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the kernel do the longest things it does for an app: zero and move the
 * break, write long texts, fill and drain the queue, be refused, fault. */
#include <string.h>

#include <syscall.h>

#define CONSOLE 1u

static char text[600];

int main(void)
{
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\n';
    syscall_allow_ro(CONSOLE, 1, text, sizeof text);
    for (int i = 0; i < 3; i++) {
        syscall_command(CONSOLE, 1, sizeof text, 0);
        syscall_yield_wait_for(CONSOLE, 1);
        syscall_memop(MEMOP_SBRK, 8192);
        syscall_memop(MEMOP_SBRK, (uint32_t)-8192);
        for (uint32_t n = 0; n < 12; n++)
            syscall_command(0, 5, 0, 0);
        syscall_subscribe(0, 0, NULL, NULL);
        syscall_command(0x10002u, 4, 0, 0);
        syscall_memop(MEMOP_WRITEABLE_COUNT, 0);
    }
    *(volatile char *)0 = 1;
    return 0;
}

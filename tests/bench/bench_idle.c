/* SPDX-License-Identifier: Apache-2.0 */
/* Company for what is measured: an app that is loaded and sleeps. */
#include <syscall.h>

int main(void)
{
    for (;;)
        syscall_yield_wait();
}

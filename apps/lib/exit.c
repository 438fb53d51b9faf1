/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an app. */
#include <berth/exit.h>

#include <syscall.h>

void berth_exit(uint32_t code)
{
    syscall_exit(EXIT_TERMINATE, code);
}

void berth_restart(uint32_t code)
{
    syscall_exit(EXIT_RESTART, code);
}

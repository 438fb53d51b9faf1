/* SPDX-License-Identifier: Apache-2.0 */
/* Low-level debug: numbers on the console by a single system call. Needs no
 * stack, no buffer and no memory of the kernel's; the kernel adds who it was. */
#ifndef BERTH_DEBUG_H
#define BERTH_DEBUG_H

#include <syscall.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_alert { BERTH_ALERT_PANIC = 1, BERTH_ALERT_WRONG_ADDRESS = 2 };

static inline void berth_debug_alert(uint32_t code)
{
    (void)syscall_command(DRIVER_LOW_LEVEL_DEBUG, 1, code, 0);
}

static inline void berth_debug_print(uint32_t number)
{
    (void)syscall_command(DRIVER_LOW_LEVEL_DEBUG, 2, number, 0);
}

static inline void berth_debug_print2(uint32_t number1, uint32_t number2)
{
    (void)syscall_command(DRIVER_LOW_LEVEL_DEBUG, 3, number1, number2);
}

#ifdef __cplusplus
}
#endif

#endif

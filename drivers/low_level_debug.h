/* SPDX-License-Identifier: Apache-2.0 */
/* Low-level debug, driver 0x8: numbers from apps that cannot print yet.
 *
 *  command 1(code)  "LowLevelDebug: App 0x1 alert code 0x<code>"
 *  command 2(n)     "LowLevelDebug: App 0x1 prints 0x<n>"
 *  command 3(n, m)  "LowLevelDebug: App 0x1 prints 0x<n> 0x<m>"
 *
 * Always a success. While no line is under way this needs no memory of the
 * app. Otherwise up to LOW_LEVEL_DEBUG_QUEUE lines wait in the app's grant;
 * when they are too many the last one turns into a count of those dropped. */
#ifndef DRIVERS_LOW_LEVEL_DEBUG_H
#define DRIVERS_LOW_LEVEL_DEBUG_H

#include <berth/hil/text.h>
#include <kernel/driver.h>

#define LOW_LEVEL_DEBUG_QUEUE 4u

struct low_level_debug_line {
    uint32_t kind; /* a command number or one of low_level_debug.c's own */
    uint32_t arg1, arg2;
};

struct low_level_debug {
    struct writer writer;
    struct grant grant;
    struct text_port *port;
    struct low_level_debug_line line; /* being sent, if `active` */
    pid_handle_t pid;                 /* whose line that is, or was */
    uint32_t at;                      /* how much of it is out */
    flag_t active;
    flag_t grant_failed; /* somebody's line could not be kept */
};

extern const struct driver_ops low_level_debug_ops;

void low_level_debug_init(struct low_level_debug *debug,
                          struct text_port *port);

#endif

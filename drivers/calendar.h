/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of the Gregorian calendar and seconds since 1970-01-01 00:00:00, as far
 * as 32 bits reach: to 2106-02-07 06:28:15. Pure. */
#ifndef DRIVERS_CALENDAR_H
#define DRIVERS_CALENDAR_H

#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

/* As an app has it, in two words (drivers/date_time.h). */
union date_time {
    struct {
        uint32_t day : 5, month : 4, year : 12; /* from 1 */
        uint32_t : 0;
        uint32_t second : 6, minute : 6, hour : 5, weekday : 3; /* 0: Sunday */
    };
    uint32_t words[2];
};

/* The weekday is not looked at. INVAL: there is no such date or time, or it is
 * out of reach. */
MUST_CHECK err_t calendar_seconds(const union date_time *when,
                                  uint32_t *seconds);
void calendar_date(union date_time *when, uint32_t seconds);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of the Gregorian calendar and seconds since 1970-01-01 00:00:00, as far
 * as 32 bits reach: to 2106-02-07 06:28:15. Pure. */
#ifndef DRIVERS_CALENDAR_H
#define DRIVERS_CALENDAR_H

#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

struct date_time {
    uint16_t year;
    uint8_t month, day; /* from 1 */
    uint8_t weekday;    /* 0 is Sunday */
    uint8_t hour, minute, second;
};

/* The weekday is not looked at. INVAL: there is no such date or time, or it is
 * out of reach. */
MUST_CHECK err_t calendar_seconds(const struct date_time *when,
                                  uint32_t *seconds);
void calendar_date(struct date_time *when, uint32_t seconds);

#endif

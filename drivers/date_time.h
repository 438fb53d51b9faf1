/* SPDX-License-Identifier: Apache-2.0 */
/* Date and time, driver 0x90007.
 *
 *  command 1             read the clock
 *  command 2(date, time) set it, for everybody
 *  event 0               (status, date, time); both 0 after a set or an error
 *
 * date: year in bits 9 to 20, month in 5 to 8, day in 0 to 4. time: weekday
 * (0 is Sunday) in bits 17 to 19, hour in 12 to 16, minute in 6 to 11, second
 * in 0 to 5. Other bits are not looked at, nor is the weekday of a set beyond
 * being one.
 *
 * Of the commands: INVAL there is no such date or time, or the clock does not
 * reach it (1970-01-01 to 2106-02-07); BUSY this app has one under way; NOMEM
 * no room for the grant. Each command that succeeded has its own event. */
#ifndef DRIVERS_DATE_TIME_H
#define DRIVERS_DATE_TIME_H

#include <berth/hil/rtc.h>
#include <drivers/turns.h>
#include <kernel/driver.h>

struct date_time_driver {
    struct grant grant;
    struct rtc_client client;
    struct rtc *rtc;
    struct turns turns; /* last: for whom the clock is at work */
    bool busy;          /* the clock is at work */
};

extern const struct driver_ops date_time_ops;

void date_time_init(struct date_time_driver *driver, struct rtc *rtc);

#endif

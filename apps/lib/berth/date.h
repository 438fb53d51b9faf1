/* SPDX-License-Identifier: Apache-2.0 */
/* Date and time of day, where the board has a clock that knows them; times to
 * wait for are in <berth/alarm.h>. From 1970 to 2106, without time zones. */
#ifndef BERTH_DATE_H
#define BERTH_DATE_H

#include <berth/error.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct berth_date {
    uint16_t year;
    uint8_t month, day; /* from 1 */
    uint8_t weekday;    /* 0 is Sunday; need not be right when setting */
    uint8_t hour, minute, second;
};

/* After a set, or an error, there is no date: null. */
typedef void berth_date_fn(err_t status, const struct berth_date *date,
                           void *userdata);

/* Starts to read or to set the clock, which is one for all apps. ERR_INVAL when
 * there is no such date; ERR_BUSY while another operation is under way, or one
 * that was given up has not ended yet. */
err_t berth_date_read_async(berth_date_fn *done, void *userdata);
err_t berth_date_set_async(const struct berth_date *date, berth_date_fn *done,
                           void *userdata);

err_t berth_date_read(struct berth_date *date);
err_t berth_date_set(const struct berth_date *date);

/* After `ms` milliseconds ERR_CANCEL. Callbacks run while they wait. */
err_t berth_date_read_timeout(struct berth_date *date, uint32_t ms);
err_t berth_date_set_timeout(const struct berth_date *date, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif

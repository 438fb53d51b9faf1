/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that knows the date: seconds since 1970-01-01 00:00:00, one operation
 * at a time. The client is told later, never from inside read() or set(). */
#ifndef BERTH_HIL_RTC_H
#define BERTH_HIL_RTC_H

#include <stdint.h>

#include <berth/err.h>

struct rtc;

struct rtc_client {
    /* `seconds` counts when the status is OK. */
    void (*read)(struct rtc_client *client, err_t status, uint32_t seconds);
    void (*set)(struct rtc_client *client, err_t status);
};

struct rtc_ops {
    err_t (*read)(struct rtc *rtc); /* BUSY: an operation is under way */
    err_t (*set)(struct rtc *rtc, uint32_t seconds);
};

struct rtc {
    const struct rtc_ops *ops;
    struct rtc_client *client; /* set once at boot */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The real-time clock of QEMU's virt machine: nanoseconds since 1970. */
#ifndef CHIPS_VIRT_GOLDFISH_RTC_H
#define CHIPS_VIRT_GOLDFISH_RTC_H

#include <berth/hil/rtc.h>
#include <kernel/driver.h>

enum goldfish_doing { GOLDFISH_IDLE, GOLDFISH_READS, GOLDFISH_SETS };

struct goldfish_rtc {
    struct rtc rtc; /* first: ops and client */
    uint32_t base;
    struct deferred deferred; /* in which the client is told */
    enum goldfish_doing doing;
};

extern const struct rtc_ops goldfish_rtc_ops;

void goldfish_rtc_init(struct goldfish_rtc *rtc);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Alarm, driver 0x0: one alarm per app over the kernel's clock, whose low 32
 * bits apps see. An alarm that has expired when it is armed fires at once.
 * Arming and stopping drop an event of the old alarm that the app has not
 * taken yet: the next event is always that of the alarm armed last. */
#ifndef DRIVERS_ALARM_H
#define DRIVERS_ALARM_H

#include <kernel/driver.h>

struct alarm_driver {
    struct grant grant;
};

extern const struct driver_ops alarm_ops;

void alarm_init(struct alarm_driver *alarm);

#endif

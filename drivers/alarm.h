/* SPDX-License-Identifier: Apache-2.0 */
/* Alarm, driver 0x0: one alarm per app over the kernel's clock, whose low 32
 * bits apps see. An alarm that has expired when it is armed fires at once.
 * Arming and stopping drop an event of the old alarm that the app has not
 * taken yet: the next event is always that of the alarm armed last.
 *
 *  command 1                 ticks per second, as a u32
 *  command 2                 now, the low 32 bits of it, as a u32
 *  command 3                 stop; ALREADY: none is armed
 *  command 5(dt)             arm, dt ticks from now; the tick of it, as a u32
 *  command 6(reference, dt)  arm, dt ticks from reference; likewise
 *  event 0                   (now, tick it was armed for, 0)
 *  any                       NOMEM: the app has no room for the grant */
#ifndef DRIVERS_ALARM_H
#define DRIVERS_ALARM_H

#include <kernel/driver.h>

struct alarm_driver {
    struct grant grant;
};

extern const struct driver_ops alarm_ops;

void alarm_init(struct alarm_driver *alarm);

#endif

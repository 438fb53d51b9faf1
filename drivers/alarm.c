/* SPDX-License-Identifier: Apache-2.0 */
/* Alarm driver: see alarm.h. Each app's alarm is a kernel timer in its grant,
 * so that firing one touches nothing but the app it belongs to. */
#include <drivers/alarm.h>

enum {
    ALARM_EXISTS = 0,
    ALARM_FREQUENCY = 1,
    ALARM_NOW = 2,
    ALARM_STOP = 3,
    ALARM_ARM_RELATIVE = 5,
    ALARM_ARM = 6,
};

enum { EVENT_FIRED = 0, EVENT_COUNT };

struct app_alarm {
    struct ktimer timer;
    struct alarm_driver *driver;
    struct process *process; /* in whose memory this lies: dies with it */
    uint32_t expiry;         /* as the app was told: reference + dt */
};

static void alarm_fire(struct ktimer *timer)
{
    struct app_alarm *a = CONTAINER_OF(timer, struct app_alarm, timer);
    upcall_queue(&a->driver->grant, a->process, EVENT_FIRED, ktime_now_low(),
                 a->expiry, 0);
}

/* The app's alarm, armed to go off at reference + dt; the old one and its
 * event are gone. NULL if there is no room. */
static inline struct app_alarm *alarm_set(struct alarm_driver *driver,
                                          struct process *p, uint32_t expiry)
{
    struct app_alarm *a = grant_enter(&driver->grant, p);
    if (UNLIKELY(a == NULL))
        return NULL;
    a->driver = driver;
    a->process = p;
    a->expiry = expiry;
    upcall_drop(&driver->grant, p, EVENT_FIRED);
    return a;
}

/* It has expired already: the event comes before the command returns. */
static NOINLINE struct sysret alarm_arm_expired(struct alarm_driver *driver,
                                                struct process *p, uint32_t now,
                                                uint32_t expiry)
{
    struct app_alarm *a = alarm_set(driver, p, expiry);
    if (UNLIKELY(a == NULL))
        return sysret_failure(ERR_NOMEM);
    ktimer_disarm(&a->timer);
    upcall_queue(&driver->grant, p, EVENT_FIRED, now, expiry, 0);
    return sysret_u32(expiry);
}

/* Expired is what (now - reference) mod 2^32 < dt does not hold for: so is a
 * reference in the future, which reads as one far in the past. */
static NOINLINE struct sysret alarm_arm(struct alarm_driver *driver,
                                        struct process *p, uint32_t reference,
                                        uint32_t dt)
{
    uint64_t now = ktime_now();
    uint32_t elapsed = (uint32_t)now - reference;
    if (elapsed >= dt)
        return alarm_arm_expired(driver, p, (uint32_t)now, reference + dt);
    struct app_alarm *a = alarm_set(driver, p, reference + dt);
    if (UNLIKELY(a == NULL))
        return sysret_failure(ERR_NOMEM);
    a->timer.fire = alarm_fire;
    ktimer_arm(&a->timer, now + (dt - elapsed));
    return sysret_u32(reference + dt);
}

static NOINLINE struct sysret alarm_stop(struct alarm_driver *driver,
                                         struct process *p)
{
    struct app_alarm *a = grant_peek(&driver->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_ALREADY);
    upcall_drop(&driver->grant, p, EVENT_FIRED);
    if (!a->timer.armed)
        return sysret_failure(ERR_ALREADY);
    ktimer_disarm(&a->timer);
    return sysret_success();
}

static struct sysret alarm_command(void *self, uint32_t number, uint32_t arg1,
                                   uint32_t arg2, struct process *p)
{
    struct alarm_driver *driver = self;
    uint32_t now;
    switch (number) {
    case ALARM_EXISTS:
        return sysret_success();
    case ALARM_FREQUENCY:
        return sysret_u32(ktime_hz());
    case ALARM_NOW:
        return sysret_u32(ktime_now_low());
    case ALARM_STOP:
        return alarm_stop(driver, p);
    case ALARM_ARM_RELATIVE:
        now = ktime_now_low();
        return arg1 == 0 ? alarm_arm_expired(driver, p, now, now)
                         : alarm_arm(driver, p, now, arg1);
    case ALARM_ARM:
        return alarm_arm(driver, p, arg1, arg2);
    default:
        return sysret_failure(ERR_NOSUPPORT);
    }
}

static COLD void alarm_gone(void *self, struct process *p)
{
    struct alarm_driver *driver = self;
    struct app_alarm *a = grant_peek(&driver->grant, p);
    if (a != NULL)
        ktimer_disarm(&a->timer);
}

const struct driver_ops alarm_ops = {
    .command = alarm_command,
    .gone = alarm_gone,
};

COLD void alarm_init(struct alarm_driver *alarm)
{
    alarm->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .size = sizeof(struct app_alarm),
    };
}

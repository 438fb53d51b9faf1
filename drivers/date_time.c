/* SPDX-License-Identifier: Apache-2.0 */
/* See date_time.h. */
#include <drivers/date_time.h>

#include <drivers/calendar.h>

enum { EXISTS, READ, SET };
enum { EVENT_DONE = 0, EVENT_COUNT };

struct ALIGNED(8) app_date_time {
    struct turn turn; /* first */
    flag_t sets;
    uint32_t seconds; /* to set */
};

static void finish(const struct date_time_driver *d, struct process *p,
                   struct app_date_time *a, err_t status, uint32_t date,
                   uint32_t time)
{
    a->turn.waits = false;
    upcall_queue(&d->grant, p, EVENT_DONE, (uint32_t)status, date, time);
}

/* Put the idle clock to work for the next app. */
static void serve(struct date_time_driver *d)
{
    struct turn *turn;
    struct process *p;
    while (!d->busy && (p = turns_next(&d->turns, &turn)) != NULL) {
        struct app_date_time *a =
            CONTAINER_OF(turn, struct app_date_time, turn);
        err_t e = a->sets ? d->rtc->ops->set(d->rtc, a->seconds)
                          : d->rtc->ops->read(d->rtc);
        if (e == OK)
            d->busy = true;
        else
            finish(d, p, a, e, 0, 0);
    }
}

/* The clock is idle again. */
static void done(struct rtc_client *client, err_t status,
                 const union date_time *when)
{
    struct date_time_driver *d =
        CONTAINER_OF(client, struct date_time_driver, client);
    struct turn *turn;
    struct process *p = turns_now(&d->turns, &turn);
    d->busy = false;
    if (p != NULL)
        finish(d, p, CONTAINER_OF(turn, struct app_date_time, turn), status,
               when->words[0], when->words[1]);
    serve(d);
}

static void on_set(struct rtc_client *client, err_t status)
{
    static const union date_time none;
    done(client, status, &none);
}

static void on_read(struct rtc_client *client, err_t status, uint32_t seconds)
{
    union date_time when = { .words = { 0 } };
    if (status != OK) {
        on_set(client, status);
        return;
    }
    calendar_date(&when, seconds);
    done(client, OK, &when);
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct date_time_driver *d = self;
    const union date_time when = { .words = { arg1, arg2 } };
    uint32_t seconds = 0;
    if (number == EXISTS)
        return sysret_success();
    if (number > SET)
        return sysret_failure(ERR_NOSUPPORT);
    if (number == SET &&
        (when.weekday > 6 || calendar_seconds(&when, &seconds) != OK))
        return sysret_failure(ERR_INVAL);
    struct app_date_time *a = grant_enter(&d->grant, p);
    if (a == NULL)
        return sysret_failure(ERR_NOMEM);
    if (a->turn.waits)
        return sysret_failure(ERR_BUSY);
    a->sets = number == SET;
    a->seconds = seconds;
    a->turn.waits = true;
    serve(d);
    return sysret_success();
}

const struct driver_ops date_time_ops = { .command = command };

void date_time_init(struct date_time_driver *driver, struct rtc *rtc)
{
    driver->grant.layout = (struct grant_layout){
        .upcalls = EVENT_COUNT,
        .size = sizeof(struct app_date_time),
    };
    driver->turns.grant = &driver->grant;
    driver->client = (struct rtc_client){ on_read, on_set };
    driver->rtc = rtc;
    rtc->client = &driver->client;
}

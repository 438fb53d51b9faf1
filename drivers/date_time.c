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

static uint32_t field(uint32_t word, uint32_t at, uint32_t bits)
{
    return word >> at & ((1u << bits) - 1);
}

static err_t unpack(uint32_t date, uint32_t time, uint32_t *seconds)
{
    struct date_time when = {
        .year = (uint16_t)field(date, 9, 12),
        .month = (uint8_t)field(date, 5, 4),
        .day = (uint8_t)field(date, 0, 5),
        .hour = (uint8_t)field(time, 12, 5),
        .minute = (uint8_t)field(time, 6, 6),
        .second = (uint8_t)field(time, 0, 6),
    };
    if (field(time, 17, 3) > 6)
        return ERR_INVAL;
    return calendar_seconds(&when, seconds);
}

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

/* The clock is idle again: who it was at work for, NULL if that app is gone. */
static struct process *served(struct date_time_driver *d,
                              struct app_date_time **a)
{
    d->busy = false;
    struct process *p = process_find(d->turns.last);
    *a = p == NULL ? NULL : grant_peek(&d->grant, p);
    return *a == NULL ? NULL : p;
}

static void on_read(struct rtc_client *client, err_t status, uint32_t seconds)
{
    struct date_time_driver *d =
        CONTAINER_OF(client, struct date_time_driver, client);
    struct app_date_time *a;
    struct process *p = served(d, &a);
    struct date_time t;
    calendar_date(&t, seconds);
    uint32_t date = (uint32_t)t.year << 9 | (uint32_t)t.month << 5 | t.day;
    uint32_t time = (uint32_t)t.weekday << 17 | (uint32_t)t.hour << 12 |
                    (uint32_t)t.minute << 6 | t.second;
    if (p != NULL)
        finish(d, p, a, status, status == OK ? date : 0,
               status == OK ? time : 0);
    serve(d);
}

static void on_set(struct rtc_client *client, err_t status)
{
    struct date_time_driver *d =
        CONTAINER_OF(client, struct date_time_driver, client);
    struct app_date_time *a;
    struct process *p = served(d, &a);
    if (p != NULL)
        finish(d, p, a, status, 0, 0);
    serve(d);
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct date_time_driver *d = self;
    uint32_t seconds = 0;
    if (number == EXISTS)
        return sysret_success();
    if (number > SET)
        return sysret_failure(ERR_NOSUPPORT);
    if (number == SET && unpack(arg1, arg2, &seconds) != OK)
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

/* SPDX-License-Identifier: Apache-2.0 */
/* The clock that knows the date. */
#include <berth/date.h>

#include <operation.h>

enum { READ = 1, SET = 2, DONE = 0 };

static void date_release(void)
{
}

static struct operation clocking = { DRIVER_DATE_TIME, DONE, date_release,
                                     OPERATION_IDLE,   NULL, false,
                                     { { 0 } } };

static struct {
    berth_date_fn *done;
    void *userdata;
    bool reads;
} client;

static void date_unpack(struct berth_date *date, struct event event)
{
    uint32_t day = event.value[1];
    uint32_t time = event.value[2];
    date->year = (uint16_t)(day >> 9 & 0xFFF);
    date->month = (uint8_t)(day >> 5 & 0xF);
    date->day = (uint8_t)(day & 0x1F);
    date->weekday = (uint8_t)(time >> 17 & 7);
    date->hour = (uint8_t)(time >> 12 & 0x1F);
    date->minute = (uint8_t)(time >> 6 & 0x3F);
    date->second = (uint8_t)(time & 0x3F);
}

static void date_deliver(struct event event)
{
    struct berth_date date;
    date_unpack(&date, event);
    client.done((err_t)event.value[0],
                client.reads && event.value[0] == OK ? &date : NULL,
                client.userdata);
}

static err_t date_start_read(void (*deliver)(struct event))
{
    err_t error = operation_open(&clocking);
    return error == OK ? operation_run(&clocking, OK, READ, 0, 0, deliver)
                       : error;
}

/* What the fields of the command cannot hold is refused here. */
static err_t date_start_set(const struct berth_date *date,
                            void (*deliver)(struct event))
{
    if (date->year > 0xFFF || date->month > 0xF || date->day > 0x1F ||
        date->weekday > 7 || date->hour > 0x1F || date->minute > 0x3F ||
        date->second > 0x3F) {
        return ERR_INVAL;
    }
    err_t error = operation_open(&clocking);
    if (error != OK) {
        return error;
    }
    return operation_run(
        &clocking, OK, SET,
        (uint32_t)date->year << 9 | (uint32_t)date->month << 5 | date->day,
        (uint32_t)date->weekday << 17 | (uint32_t)date->hour << 12 |
            (uint32_t)date->minute << 6 | date->second,
        deliver);
}

static err_t date_client(err_t error, bool reads, berth_date_fn *done,
                         void *userdata)
{
    if (error == OK) {
        client.done = done;
        client.userdata = userdata;
        client.reads = reads;
    }
    return error;
}

err_t berth_date_read_async(berth_date_fn *done, void *userdata)
{
    return date_client(date_start_read(date_deliver), true, done, userdata);
}

err_t berth_date_set_async(const struct berth_date *date, berth_date_fn *done,
                           void *userdata)
{
    return date_client(date_start_set(date, date_deliver), false, done,
                       userdata);
}

static err_t date_result(struct event event, struct berth_date *date)
{
    if (event.value[0] == OK && date) {
        date_unpack(date, event);
    }
    return (err_t)event.value[0];
}

err_t berth_date_read(struct berth_date *date)
{
    operation_settle(&clocking);
    err_t error = date_start_read(NULL);
    return error == OK ? date_result(operation_wait(&clocking), date) : error;
}

err_t berth_date_set(const struct berth_date *date)
{
    operation_settle(&clocking);
    err_t error = date_start_set(date, NULL);
    return error == OK ? date_result(operation_wait(&clocking), NULL) : error;
}

static err_t date_wait(err_t error, struct berth_date *date, uint32_t ms)
{
    struct event event;
    if (error != OK) {
        return error;
    }
    return operation_wait_timeout(&clocking, ms, &event)
               ? date_result(event, date)
               : ERR_CANCEL;
}

err_t berth_date_read_timeout(struct berth_date *date, uint32_t ms)
{
    operation_poll(&clocking);
    return date_wait(date_start_read(NULL), date, ms);
}

err_t berth_date_set_timeout(const struct berth_date *date, uint32_t ms)
{
    operation_poll(&clocking);
    return date_wait(date_start_set(date, NULL), NULL, ms);
}

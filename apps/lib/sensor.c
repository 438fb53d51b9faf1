/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors. The event is (value, status, 0). */
#include <berth/sensor.h>

#include "await.h"

enum { SENSOR_MEASURE = 1 };

static struct await_command measure(enum berth_sensor kind)
{
    return (struct await_command){ .driver = (uint32_t)kind,
                                   .number = SENSOR_MEASURE };
}

/* Those that are under way, one of a kind. */
static struct berth_measurement *running;

static bool is_running(enum berth_sensor kind)
{
    const struct berth_measurement *m = running;
    while (m != NULL && m->kind != kind) {
        m = m->next;
    }
    return m != NULL;
}

static void forget(const struct berth_measurement *measurement)
{
    struct berth_measurement **link = &running;
    while (*link != measurement) {
        link = &(*link)->next;
    }
    *link = measurement->next;
}

static void measured(uint32_t value, uint32_t status, uint32_t unused,
                     void *userdata)
{
    (void)unused;
    struct berth_measurement *measurement = userdata;
    forget(measurement);
    measurement->done((err_t)status, (int32_t)value, measurement->userdata);
}

err_t berth_sensor_measure_async(struct berth_measurement *measurement,
                                 enum berth_sensor kind, berth_sensor_fn *done,
                                 void *userdata)
{
    struct await_command command = measure(kind);
    if (is_running(kind)) {
        return ERR_BUSY;
    }
    measurement->kind = kind;
    measurement->done = done;
    measurement->userdata = userdata;
    err_t error = await_async(&command, measured, measurement);
    if (error == OK) {
        measurement->next = running;
        running = measurement;
    }
    return error;
}

static err_t value_of(err_t error, const struct event *event, int32_t *value)
{
    if (error == OK) {
        error = (err_t)event->value[1];
    }
    if (error == OK) {
        *value = (int32_t)event->value[0];
    }
    return error;
}

err_t berth_sensor_measure(enum berth_sensor kind, int32_t *value)
{
    struct await_command command = measure(kind);
    struct event event;
    err_t error = is_running(kind) ? ERR_BUSY : await(&command, &event);
    return value_of(error, &event, value);
}

err_t berth_sensor_measure_timeout(enum berth_sensor kind, uint32_t ms,
                                   int32_t *value)
{
    struct await_command command = measure(kind);
    struct event event;
    err_t error =
        is_running(kind) ? ERR_BUSY : await_timeout(&command, ms, &event);
    return value_of(error, &event, value);
}

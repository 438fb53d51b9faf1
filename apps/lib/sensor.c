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

static void measured(uint32_t value, uint32_t status, uint32_t unused,
                     void *userdata)
{
    (void)unused;
    struct berth_measurement *measurement = userdata;
    measurement->done((err_t)status, (int32_t)value, measurement->userdata);
}

err_t berth_sensor_measure_async(struct berth_measurement *measurement,
                                 enum berth_sensor kind, berth_sensor_fn *done,
                                 void *userdata)
{
    struct await_command command = measure(kind);
    measurement->done = done;
    measurement->userdata = userdata;
    return await_async(&command, measured, measurement);
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
    err_t error = await(&command, &event);
    return value_of(error, &event, value);
}

err_t berth_sensor_measure_timeout(enum berth_sensor kind, uint32_t ms,
                                   int32_t *value)
{
    struct await_command command = measure(kind);
    struct event event;
    err_t error = await_timeout(&command, ms, &event);
    return value_of(error, &event, value);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors. The event is (value, status, 0). */
#include <berth/sensor.h>

#include <berth/event.h>

enum { SENSOR_MEASURE = 1, SENSOR_MEASURED = 0 };

/* Those that are under way and somebody is told of, one of a kind. */
static struct berth_measurement *running;

static bool is_running(enum berth_sensor kind)
{
    const struct berth_measurement *m = running;
    while (m != NULL && m->kind != kind) {
        m = m->next;
    }
    return m != NULL;
}

/* False if it was not there. */
static bool forget(const struct berth_measurement *measurement)
{
    struct berth_measurement **link = &running;
    while (*link != NULL && *link != measurement) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        return false;
    }
    *link = measurement->next;
    return true;
}

/* A measurement that was given up, whose event came just before this one began,
 * has ended it: then there is one event more. */
static void measured(uint32_t value, uint32_t status, uint32_t unused,
                     void *userdata)
{
    (void)unused;
    struct berth_measurement *measurement = userdata;
    if (forget(measurement)) {
        measurement->done((err_t)status, (int32_t)value, measurement->userdata);
    }
}

/* Subscribing drops what is queued. */
static err_t measure(enum berth_sensor kind, upcall_fn *function,
                     void *userdata)
{
    if (is_running(kind)) {
        return ERR_BUSY;
    }
    struct sysret result =
        syscall_subscribe((uint32_t)kind, SENSOR_MEASURED, function, userdata);
    if (sysret_is_success(result)) {
        result = syscall_command((uint32_t)kind, SENSOR_MEASURE, 0, 0);
    }
    return berth_error_of(result);
}

err_t berth_sensor_measure_async(struct berth_measurement *measurement,
                                 enum berth_sensor kind, berth_sensor_fn *done,
                                 void *userdata)
{
    err_t error = measure(kind, measured, measurement);
    if (error == OK) {
        *measurement =
            (struct berth_measurement){ running, kind, done, userdata };
        running = measurement;
    }
    return error;
}

err_t berth_sensor_measure(enum berth_sensor kind, int32_t *value)
{
    err_t error = measure(kind, NULL, NULL);
    if (error != OK) {
        return error;
    }
    struct event event =
        syscall_yield_wait_for((uint32_t)kind, SENSOR_MEASURED);
    if (event.value[1] == OK) {
        *value = (int32_t)event.value[0];
    }
    return (err_t)event.value[1];
}

struct outcome {
    volatile bool is_done;
    err_t status;
    int32_t value;
};

static void note_measured(err_t status, int32_t value, void *userdata)
{
    struct outcome *outcome = userdata;
    outcome->status = status;
    outcome->value = value;
    outcome->is_done = true;
}

err_t berth_sensor_measure_timeout(enum berth_sensor kind, uint32_t ms,
                                   int32_t *value)
{
    struct outcome outcome = { .is_done = false, .status = OK };
    struct berth_measurement measurement;
    err_t error =
        berth_sensor_measure_async(&measurement, kind, note_measured, &outcome);
    if (error != OK) {
        return error;
    }
    if (!berth_wait_until_timeout(&outcome.is_done, ms)) {
        /* Both go out of scope: nothing may come to them any more. */
        (void)forget(&measurement);
        (void)syscall_subscribe((uint32_t)kind, SENSOR_MEASURED, NULL, NULL);
        return ERR_CANCEL;
    }
    if (outcome.status == OK) {
        *value = outcome.value;
    }
    return outcome.status;
}

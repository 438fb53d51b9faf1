/* SPDX-License-Identifier: Apache-2.0 */
/* Sensor driver: see sensor.h. */
#include <drivers/sensor.h>

enum { EXISTS, MEASURE };
enum { EVENT_MEASURED = 0, EVENT_COUNT };

struct ALIGNED(8) app_sensor {
    flag_t waits;
};

static struct sysret measure(struct sensor_driver *d, struct app_sensor *a)
{
    if (!d->measuring) {
        err_t e = d->sensor->ops->measure(d->sensor);
        if (e != OK)
            return sysret_failure(e);
        d->measuring = true;
    }
    a->waits = true;
    return sysret_success();
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct sensor_driver *d = self;
    (void)arg1, (void)arg2;
    if (number == EXISTS)
        return sysret_success();
    if (number > MEASURE)
        return sysret_failure(ERR_NOSUPPORT);
    struct app_sensor *a = grant_enter(&d->grant, p);
    return a == NULL ? sysret_failure(ERR_NOMEM) : measure(d, a);
}

static void on_measured(struct sensor_client *client, err_t status,
                        int32_t value)
{
    struct sensor_driver *d =
        CONTAINER_OF(client, struct sensor_driver, client);
    struct process *p = NULL;
    d->measuring = false;
    while ((p = grant_next(&d->grant, p)) != NULL) {
        struct app_sensor *a = grant_peek(&d->grant, p);
        if (a->waits)
            upcall_queue(&d->grant, p, EVENT_MEASURED,
                         status == OK ? (uint32_t)value : 0, status, 0);
        a->waits = false;
    }
}

const struct driver_ops sensor_driver_ops = { .command = command };

void sensor_driver_init(struct sensor_driver *d, struct sensor *sensor)
{
    d->grant.layout =
        (struct grant_layout){ .upcalls = EVENT_COUNT,
                               .size = sizeof(struct app_sensor) };
    d->client.measured = on_measured;
    d->sensor = sensor;
    sensor->client = &d->client;
}

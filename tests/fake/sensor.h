/* SPDX-License-Identifier: Apache-2.0 */
/* A sensor for tests: struct fake_sensor s = { .sensor = { .ops =
 * &fake_sensor_ops } }; It measures when the test says so. */
#ifndef TESTS_FAKE_SENSOR_H
#define TESTS_FAKE_SENSOR_H

#include <tests/fake/kernel.h>

#include <berth/compiler.h>
#include <berth/hil/sensor.h>

struct fake_sensor {
    struct sensor sensor;
    err_t refuses;     /* what measure() answers */
    unsigned measures; /* how often it was asked */
    unsigned under_way;
};

static inline err_t fake_sensor_measure(struct sensor *sensor)
{
    struct fake_sensor *f = CONTAINER_OF(sensor, struct fake_sensor, sensor);
    f->measures++;
    if (f->refuses == OK)
        f->under_way++;
    return f->refuses;
}

static const struct sensor_ops fake_sensor_ops = { fake_sensor_measure };

/* The measurement under way is done. */
static inline void fake_sensor_done(struct fake_sensor *f, err_t status,
                                    int32_t value)
{
    assert_int_equal(f->under_way, 1);
    f->under_way = 0;
    f->sensor.client->measured(f->sensor.client, status, value);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors of one number. ERR_NODEVICE where the board has none of the kind. */
#ifndef BERTH_SENSOR_H
#define BERTH_SENSOR_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_sensor {
    BERTH_TEMPERATURE = DRIVER_TEMPERATURE,     /* hundredths of a degree C */
    BERTH_HUMIDITY = DRIVER_HUMIDITY,           /* hundredths of a percent */
    BERTH_AMBIENT_LIGHT = DRIVER_AMBIENT_LIGHT, /* lux */
    BERTH_PRESSURE = DRIVER_PRESSURE,           /* hectopascals */
};

typedef void berth_sensor_fn(err_t status, int32_t value, void *userdata);

/* What is in it is the library's. */
struct berth_measurement {
    struct berth_measurement *next;
    enum berth_sensor kind;
    berth_sensor_fn *done;
    void *userdata;
};

/* `measurement` stays in place until `done` is called. One of a kind at a time:
 * until then ERR_BUSY, to the calls below too. */
err_t berth_sensor_measure_async(struct berth_measurement *measurement,
                                 enum berth_sensor kind, berth_sensor_fn *done,
                                 void *userdata);
err_t berth_sensor_measure(enum berth_sensor kind, int32_t *value);

/* Gives up after `ms` milliseconds with ERR_CANCEL. Callbacks of other things
 * run meanwhile. */
err_t berth_sensor_measure_timeout(enum berth_sensor kind, uint32_t ms,
                                   int32_t *value);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Something that measures one number: temperature, humidity, light, ... */
#ifndef BERTH_HIL_SENSOR_H
#define BERTH_HIL_SENSOR_H

#include <stdint.h>

#include <berth/err.h>

struct sensor;

struct sensor_ops {
    /* Measure once; the client is told later. After an error it is not. */
    err_t (*measure)(struct sensor *sensor);
};

struct sensor_client {
    /* Never from inside measure(). `value` counts only after OK. */
    void (*measured)(struct sensor_client *client, err_t status, int32_t value);
};

struct sensor {
    const struct sensor_ops *ops;
    struct sensor_client *client; /* set once at boot */
};

#endif

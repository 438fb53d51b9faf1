/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors of one number: temperature 0x60000 (hundredths of a degree Celsius),
 * humidity 0x60001 (hundredths of a percent), ambient light 0x60002 (lux),
 * pressure 0x60008 (hectopascals). A row for each.
 *
 *  command 1  measure
 *             what the sensor refuses; NOMEM: no room for the grant
 *  event 0    (value, status, 0): value is 0 unless status is OK
 *
 * Apps that ask while a measurement is under way share it. */
#ifndef DRIVERS_SENSOR_H
#define DRIVERS_SENSOR_H

#include <berth/hil/sensor.h>
#include <kernel/driver.h>

struct sensor_driver {
    struct grant grant;
    struct sensor_client client;
    struct sensor *sensor;
    flag_t measuring;
};

extern const struct driver_ops sensor_driver_ops;

void sensor_driver_init(struct sensor_driver *driver, struct sensor *sensor);

#endif

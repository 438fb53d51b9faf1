/* SPDX-License-Identifier: Apache-2.0 */
/* One LED, on or off. */
#ifndef BERTH_HIL_LED_H
#define BERTH_HIL_LED_H

#include <stdbool.h>

struct led;

struct led_ops {
    void (*set)(const struct led *led, bool on);
    bool (*get)(const struct led *led);
};

struct led {
    const struct led_ops *ops;
};

#endif

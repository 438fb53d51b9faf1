/* SPDX-License-Identifier: Apache-2.0 */
/* One pin: output, input, and interrupts when its level changes. Its client is
 * told from the kernel's loop or from an interrupt, never from inside a call. */
#ifndef BERTH_HIL_GPIO_H
#define BERTH_HIL_GPIO_H

#include <stdbool.h>

#include <berth/err.h>

/* Numbers are those of the GPIO driver's commands. */
enum gpio_pull { GPIO_PULL_NONE, GPIO_PULL_UP, GPIO_PULL_DOWN };
enum gpio_edge { GPIO_EDGE_BOTH, GPIO_EDGE_RISING, GPIO_EDGE_FALLING };

struct gpio_pin;

struct gpio_ops {
    void (*output)(struct gpio_pin *pin);
    /* NOSUPPORT, and nothing has changed: the pin has no such resistor. */
    err_t (*input)(struct gpio_pin *pin, enum gpio_pull pull);
    void (*set)(struct gpio_pin *pin, bool high);
    bool (*get)(struct gpio_pin *pin);
    /* Tell the client of such edges from now on, those of before forgotten. */
    void (*watch)(struct gpio_pin *pin, enum gpio_edge edge);
    void (*unwatch)(struct gpio_pin *pin);
    /* Neither input nor output, no resistor, unwatched. */
    void (*off)(struct gpio_pin *pin);
};

struct gpio_client {
    /* `high`: the level when the edge was noticed. */
    void (*changed)(struct gpio_client *client, struct gpio_pin *pin,
                    bool high);
};

struct gpio_pin {
    const struct gpio_ops *ops;
    struct gpio_client *client; /* set once at boot */
};

#endif

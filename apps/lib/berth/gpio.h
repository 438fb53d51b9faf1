/* SPDX-License-Identifier: Apache-2.0 */
/* The board's pins, numbered from 0. ERR_INVAL for one that there is not,
 * ERR_NODEVICE for one that is not led out. Any app may use any pin. */
#ifndef BERTH_GPIO_H
#define BERTH_GPIO_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum berth_gpio_pull {
    BERTH_GPIO_NO_PULL = 0,
    BERTH_GPIO_PULL_UP = 1,
    BERTH_GPIO_PULL_DOWN = 2,
};

enum berth_gpio_edge {
    BERTH_GPIO_BOTH = 0,
    BERTH_GPIO_RISING = 1,
    BERTH_GPIO_FALLING = 2,
};

typedef void berth_gpio_fn(uint32_t pin, bool is_high, void *userdata);

/* 0 where there are none. */
uint32_t berth_gpio_count(void);

err_t berth_gpio_output(uint32_t pin);
err_t berth_gpio_write(uint32_t pin, bool is_high);
err_t berth_gpio_toggle(uint32_t pin);
err_t berth_gpio_input(uint32_t pin, enum berth_gpio_pull pull);
err_t berth_gpio_read(uint32_t pin, bool *is_high);
err_t berth_gpio_off(uint32_t pin);

/* Whom to call for the edges of all pins that are watched, also by others;
 * null: nobody. */
err_t berth_gpio_listen(berth_gpio_fn *function, void *userdata);
err_t berth_gpio_watch(uint32_t pin, enum berth_gpio_edge edge);
err_t berth_gpio_unwatch(uint32_t pin); /* the pin is off then */

/* Watches the pin and waits for such an edge of it. Takes the place of a
 * listener; edges of other pins are lost meanwhile. */
err_t berth_gpio_wait(uint32_t pin, enum berth_gpio_edge edge, bool *is_high);

/* For at most `ms` milliseconds, else ERR_CANCEL. Callbacks of other things run
 * meanwhile. */
err_t berth_gpio_wait_timeout(uint32_t pin, enum berth_gpio_edge edge,
                              uint32_t ms, bool *is_high);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The board's buttons, numbered from 0. ERR_INVAL for one that there is not. */
#ifndef BERTH_BUTTON_H
#define BERTH_BUTTON_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void berth_button_fn(uint32_t index, bool is_pressed, void *userdata);

/* 0 where there are none. */
uint32_t berth_button_count(void);
err_t berth_button_read(uint32_t index, bool *is_pressed);

/* Whom to call when a button that is enabled is pressed or released; null:
 * nobody. */
err_t berth_button_listen(berth_button_fn *function, void *userdata);
err_t berth_button_enable(uint32_t index);
err_t berth_button_disable(uint32_t index);

/* Waits until that button is pressed or released. Takes the place of a
 * listener; what other buttons do meanwhile is lost. */
err_t berth_button_wait(uint32_t index, bool *is_pressed);

/* For at most `ms` milliseconds, else ERR_CANCEL. Callbacks of other things run
 * meanwhile. */
err_t berth_button_wait_timeout(uint32_t index, uint32_t ms, bool *is_pressed);

#ifdef __cplusplus
}
#endif

#endif

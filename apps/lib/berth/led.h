/* SPDX-License-Identifier: Apache-2.0 */
/* The board's LEDs, numbered from 0. */
#ifndef BERTH_LED_H
#define BERTH_LED_H

#include <berth/error.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 0 where there are none. */
uint32_t berth_led_count(void);

/* ERR_INVAL for a LED that the board has not. */
err_t berth_led_on(uint32_t index);
err_t berth_led_off(uint32_t index);
err_t berth_led_toggle(uint32_t index);
err_t berth_led_read(uint32_t index, bool *is_on);

#ifdef __cplusplus
}
#endif

#endif

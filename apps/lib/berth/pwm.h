/* SPDX-License-Identifier: Apache-2.0 */
/* The board's PWM pins, numbered from 0. ERR_INVAL for one that there is not,
 * ERR_RESERVE for one that another app uses. */
#ifndef BERTH_PWM_H
#define BERTH_PWM_H

#include <berth/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 0 where there are none. */
uint32_t berth_pwm_count(void);
err_t berth_pwm_max_hz(uint32_t pin, uint32_t *hz);

/* `hz` periods a second, high for `duty` 10000ths of each. */
err_t berth_pwm_start(uint32_t pin, uint32_t hz, uint32_t duty);
err_t berth_pwm_stop(uint32_t pin);

#ifdef __cplusplus
}
#endif

#endif

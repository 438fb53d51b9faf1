/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes that nobody can guess. ERR_NODEVICE where the board has no
 * source of them. */
#ifndef BERTH_RANDOM_H
#define BERTH_RANDOM_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `length` bytes are there; fewer than asked for only after an error. */
typedef void berth_random_fn(err_t status, size_t length, void *userdata);

/* Starts to fill `bytes`. ERR_BUSY while another request is under way, or one
 * that was given up has not ended yet. */
err_t berth_random_async(void *bytes, size_t length, berth_random_fn *done,
                         void *userdata);

/* All of it or an error. */
err_t berth_random(void *bytes, size_t length);

/* After `ms` milliseconds ERR_CANCEL. Callbacks run while it waits. */
err_t berth_random_timeout(void *bytes, size_t length, uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif

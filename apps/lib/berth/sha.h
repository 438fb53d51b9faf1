/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256. */
#ifndef BERTH_SHA_H
#define BERTH_SHA_H

#include <berth/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BERTH_SHA256_SIZE 32u

typedef void berth_sha_fn(err_t status, void *userdata);

/* Starts to hash; data and `digest`, of BERTH_SHA256_SIZE bytes, must stay in
 * place until `done` is called. ERR_BUSY while another one is under way, or one
 * that was given up has not ended yet. */
err_t berth_sha256_async(const void *data, size_t length, uint8_t *digest,
                         berth_sha_fn *done, void *userdata);

err_t berth_sha256(const void *data, size_t length, uint8_t *digest);

/* After `ms` milliseconds ERR_CANCEL. Callbacks run while it waits. */
err_t berth_sha256_timeout(const void *data, size_t length, uint8_t *digest,
                           uint32_t ms);

#ifdef __cplusplus
}
#endif

#endif

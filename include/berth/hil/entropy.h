/* SPDX-License-Identifier: Apache-2.0 */
/* A source of random bytes, each of full entropy, one request at a time. The
 * client is told by the source's interrupt or a deferred call, never from
 * inside request(). */
#ifndef BERTH_HIL_ENTROPY_H
#define BERTH_HIL_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

#include <berth/err.h>

struct entropy;

struct entropy_client {
    /* Some of what was asked for, at least a byte, good during this call only;
     * or an error and nothing. The next request may be made from here. */
    void (*filled)(struct entropy_client *client, err_t status,
                   const uint8_t *bytes, size_t len);
};

struct entropy_ops {
    /* Ask for up to `len` bytes, at least one. BUSY while a request is under
     * way; FAIL when the source is known to be broken. */
    err_t (*request)(struct entropy *entropy, size_t len);
};

struct entropy {
    const struct entropy_ops *ops;
    struct entropy_client *client; /* set once at boot */
};

#endif

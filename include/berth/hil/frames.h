/* SPDX-License-Identifier: Apache-2.0 */
/* A line that carries frames (berth/proto.h), one at a time each way. Callbacks
 * come from the kernel's loop. */
#ifndef BERTH_HIL_FRAMES_H
#define BERTH_HIL_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frames;

struct frames_ops {
    /* Send a frame; the payload is lent until it is out. One that has not gone
     * out whole yet is cut off, which its receiver notices. */
    void (*send)(struct frames *frames, uint8_t type, uint16_t sequence,
                 const uint8_t *payload, size_t len);
    /* From frame() on: keep its payload as it is, until it is let go.
     * Meanwhile only frames without payload are heard. */
    void (*hold)(struct frames *frames, bool on);
};

struct frames_client {
    /* A frame has arrived. The payload stays as it is until this returns, or
     * as long as it is held. */
    void (*frame)(struct frames_client *client, uint8_t type, uint16_t sequence,
                  const uint8_t *payload, size_t len);
    void (*damaged)(struct frames_client *client);
};

struct frames {
    const struct frames_ops *ops;
    struct frames_client *client; /* set once at boot */
};

#endif

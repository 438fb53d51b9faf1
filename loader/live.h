/* SPDX-License-Identifier: Apache-2.0 */
/* Live loading inside the kernel: the server of the serial protocol over the
 * loading machine. For boards that have no RAM for the loader app, or want
 * none: who reaches the serial line may do all of it. */
#ifndef LOADER_LIVE_H
#define LOADER_LIVE_H

#include <berth/hil/frames.h>
#include <loader/requests.h>
#include <loader/serve.h>

/* Zeroed. */
struct live {
    struct requests requests;
    struct frames *frames;
    struct frames_client frames_client;
    struct serve serve;
};

void live_init(struct live *live, const struct live_board *board,
               struct loader *loader, struct frames *frames);

#endif

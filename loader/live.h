/* SPDX-License-Identifier: Apache-2.0 */
/* Live loading inside the kernel: the server of the serial protocol over the
 * loading machine. For boards that have no RAM for the loader app, or want
 * none: who reaches the serial line may do all of it. */
#ifndef LOADER_LIVE_H
#define LOADER_LIVE_H

#include <berth/hil/frames.h>
#include <loader/loader.h>
#include <loader/serve.h>

struct live_board {
    const char *name, *version; /* of the board, of the kernel */
    const struct store_layout *layout;
    uint32_t flash;              /* address of the flash's first byte */
    uint32_t ram_start, ram_end; /* of the apps */
    uint32_t boot;               /* another number after each reset */
};

/* Zeroed. */
struct live {
    struct serve serve;
    struct frames *frames;
    struct frames_client frames_client;
    struct loader *loader;
    struct loader_client client;
    const struct live_board *board;
    struct request job;   /* under way */
    uint32_t crc, digest; /* of DIGEST: so far, how far */
    struct deferred work;
};

void live_init(struct live *live, const struct live_board *board,
               struct loader *loader, struct frames *frames);

#endif

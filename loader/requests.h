/* SPDX-License-Identifier: Apache-2.0 */
/* What the requests of the serial protocol do to the loading machine, whichever
 * way they come: from the server in the kernel (loader/live.h), or from the
 * loader app (loader/line.h). For those two. */
#ifndef LOADER_REQUESTS_H
#define LOADER_REQUESTS_H

#include <berth/messages.h>
#include <loader/loader.h>

struct live_board {
    const char *name, *version;  /* of the board, of the kernel */
    uint32_t flash;              /* its first byte's address, to the apps */
    uint32_t ram_start, ram_end; /* of the apps */
};

/* Zeroed, then requests_init(), client.owner and done. */
struct requests {
    struct loader *loader;
    struct loader_client client; /* owner: who is asking */
    uint32_t boot;               /* another number after each reset */
    const struct live_board *board;
    /* How a request that takes longer has ended. */
    void (*done)(struct requests *requests);
    struct request *job;  /* under way, lent; NULL: who asked is gone */
    struct reply *reply;  /* to it */
    uint32_t crc, digest; /* of DIGEST: so far, how far */
    struct deferred work;
};

void requests_init(struct requests *requests, const struct live_board *board,
                   struct loader *loader);

/* As serve_execute(), with a reply that has been zeroed; one at a time. Both are
 * lent until it is over. */
bool requests_execute(struct requests *requests, struct request *request,
                      struct reply *reply);

/* Who is asking is gone: nobody is told how it ends, a transfer is let go. */
void requests_cancel(struct requests *requests);

#endif

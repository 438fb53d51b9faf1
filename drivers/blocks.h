/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes by offset, kept as records of 256 bytes: what the drivers of nonvolatile
 * storage have in common. A block that was never written reads as ones. After
 * a power cut each block is as before the write or as after it. */
#ifndef DRIVERS_BLOCKS_H
#define DRIVERS_BLOCKS_H

#include <drivers/kept.h>

#define BLOCK_SIZE 256u
/* Block numbers have 16 bits, of which one is taken. */
#define BLOCKS_MAX 0xFFFFu

struct blocks;

struct blocks_ops {
    /* What the app wants whose turn it is: sets blocks->key and, but for
     * size requests, from, len, is_write. BUSY: done() leads to another call.
     * An error ends the request with it. */
    err_t (*begin)(struct blocks *blocks, struct process *p);
    /* The app's request has ended; blocks->done bytes were read or written. */
    void (*end)(struct blocks *blocks, struct process *p, err_t e);
};

struct blocks {
    const struct blocks_ops *ops;
    struct records_client client;
    struct deferred work;
    struct kept *kept;
    struct grant *grant; /* begins with struct kept_app */
    pid_handle_t app;    /* that is served, or was last */
    struct records_key key;
    uint32_t from, len, done;
    uint32_t part; /* of the block that is being written */
    flag_t is_write, has_begun;
    uint8_t *block; /* BLOCK_SIZE bytes; need not be zero */
};

enum { BLOCKS_READ_TO = 0, BLOCKS_WRITE_FROM = 0 }; /* allow numbers */

void blocks_init(struct blocks *blocks, const struct blocks_ops *ops,
                 struct kept *kept, struct grant *grant, uint8_t *block);

/* An app waits. */
void blocks_wake(struct blocks *blocks);

#endif

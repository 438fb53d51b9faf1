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

enum { BLOCKS_EXISTS, BLOCKS_SIZE, BLOCKS_READ, BLOCKS_WRITE }; /* commands */
enum { BLOCKS_BUFFER = 0 }; /* read-only or read-write */

/* An app's data in the grants of these drivers. */
struct ALIGNED(8) blocks_app {
    struct turn turn; /* first */
    uint32_t what;    /* BLOCKS_... */
    uint32_t from, len;
};

struct blocks {
    struct kept_driver driver; /* first */
    struct records_key key;
    uint32_t done;
    uint32_t part; /* of the block that is at work */
    /* Whose blocks, and does it have those? Sets the key. BUSY: records will say
     * done(), ask again. NULL: everybody's. */
    err_t (*begin)(struct blocks *blocks, struct process *p,
                   struct blocks_app *a);
    uint8_t *bytes; /* BLOCK_SIZE of them; need not be zero */
};

/* Without begin() the event of a write follows that of a read, and tells how
 * many bytes; else that of the size comes first, and a status. */
extern const struct kept_ops blocks_ops, blocks_ops_of_apps;

/* The length of the buffer that command wants. */
uint32_t blocks_room(const struct blocks *blocks, struct process *p,
                     uint32_t what);
struct sysret blocks_ask(struct blocks *blocks, struct blocks_app *a,
                         uint32_t what, uint32_t from, uint32_t len);

#endif

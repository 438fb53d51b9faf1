/* SPDX-License-Identifier: Apache-2.0 */
/* Nonvolatile storage, driver 0x50001: one stretch of bytes that all apps share.
 *
 *  command 1             its size, a u32
 *  command 2(offset, n)  read n bytes
 *  command 3(offset, n)  write n bytes
 *                INVAL: not within the storage; RESERVE: no buffer; NOMEM: this
 *                app has a request already. Of n no more than the buffer has
 *  read-write 0  for what is read
 *  read-only 0   what is to be written
 *  event 0       (bytes read, 0, 0)
 *  event 1       (bytes written, 0, 0): fewer than asked for when the buffer
 *                became shorter, the flash fails or has no room
 *  any           NOMEM: no room for the grant
 *
 * What was never written reads as ones. After a power cut each 256 bytes, from
 * a multiple of 256 on, are as before the write or as after it. */
#ifndef DRIVERS_NONVOLATILE_H
#define DRIVERS_NONVOLATILE_H

#include <drivers/blocks.h>

struct nonvolatile {
    struct blocks blocks;
    uint32_t size;
};

extern const struct driver_ops nonvolatile_ops;

/* `block`: BLOCK_SIZE bytes for it alone. */
void nonvolatile_init(struct nonvolatile *driver, struct kept *kept,
                      uint8_t *block, uint32_t size);

#endif

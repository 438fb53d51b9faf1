/* SPDX-License-Identifier: Apache-2.0 */
/* Isolated nonvolatile storage, driver 0x50004: a stretch of bytes for each app
 * that no other app can reach, found again by the app's identity.
 *
 *  command 1                       get the size
 *  command 2(offset, offset high)  read, as many bytes as the buffer has
 *  command 3(offset, offset high)  write them
 *                NOSUPPORT: this app may not write anything new, or has no fixed
 *                ShortId. No other right counts: it is the app's own. BUSY: it
 *                has a request already
 *  read-write 0  for what is read
 *  read-only 0   what is to be written
 *  event 0       (status, size, its high half)
 *  event 1       (status, bytes read, 0)
 *  event 2       (status, bytes written, 0)
 *                status RESERVE: no buffer, or it became shorter; INVAL: not
 *                within the storage; NOMEM: no room for another app's storage;
 *                FAIL: the flash
 *  any           NOMEM: no room for the grant
 *
 * The first request makes the storage. What was never written reads as ones.
 * After a power cut each 256 bytes, from a multiple of 256 on, are as before
 * the write or as after it. */
#ifndef DRIVERS_ISOLATED_H
#define DRIVERS_ISOLATED_H

#include <berth/storage.h>
#include <drivers/blocks.h>

struct isolated {
    struct blocks blocks;
    const struct storage_authority *authority;
    uint32_t size;    /* of what an app gets */
    uint32_t regions; /* for so many apps there is room */
};

extern const struct driver_ops isolated_ops;

/* The region has room for `regions` of `size` bytes: the board sees to that.
 * `block`: BLOCK_SIZE bytes for it alone. */
void isolated_init(struct isolated *driver, struct kept *kept, uint8_t *block,
                   const struct storage_authority *authority, uint32_t size,
                   uint32_t regions);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* App flash, driver 0x50000: an app writes the regions of its own flash that its
 * header declares writeable, and nothing else of it.
 *
 *  command 1(address)  write all of the buffer there
 *                INVAL: that is not all within one writeable region; RESERVE:
 *                no buffer; NOMEM: this app has a write already
 *  read-only 0   what is to be written; may stay allowed
 *  event 0       (status, 0, 0): INVAL: the buffer was taken back or became
 *                shorter; OFF, FAIL: the flash
 *  any           NOMEM: no room for the grant
 *
 * After a power cut each piece of at most 256 bytes is as before or as after.
 * An app whose credential covers the region is not accepted again once it has
 * written: such data belongs into other storage. */
#ifndef DRIVERS_APP_FLASH_H
#define DRIVERS_APP_FLASH_H

#include <berth/rewrite.h>
#include <berth/storage.h>
#include <drivers/turns.h>

#define APP_FLASH_BYTES 256u

struct app_flash {
    struct grant grant;
    struct turns turns; /* last: whose write is under way */
    struct deferred work;
    struct rewrite rewrite;
    struct store *store;
    const struct storage_authority *authority;
    uint32_t sector_size;
    flag_t is_busy; /* the rewrite is under way */
    uint8_t *bytes; /* APP_FLASH_BYTES of them */
};

extern const struct driver_ops app_flash_ops;

void app_flash_init(struct app_flash *driver, struct store *store,
                    const struct storage_authority *authority,
                    uint32_t sector_size, uint8_t *bytes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums, driver 0x40002.
 *
 *  read-only buffer 0   the bytes
 *  command 1(a, n)      the checksum of the first n bytes by algorithm a
 *                       0: CRC-32 (0x04C11DB7), reversed and inverted
 *                       1: CRC-32C (0x1EDC6F41), reversed and inverted
 *                       2: CRC-16-CCITT (0x1021), as it is in the register
 *                       All begin with ones and take each byte from its lowest
 *                       bit on.
 *  event 0              (status, checksum, 0)
 *
 * Of the command: INVAL no such algorithm; BUSY one is under way; SIZE n is 0
 * or more than the buffer holds; NOMEM no room for the grant. Status: SIZE, the
 * buffer was shortened or taken back meanwhile. */
#ifndef DRIVERS_CRC_H
#define DRIVERS_CRC_H

#include <drivers/turns.h>
#include <kernel/driver.h>

struct crc_driver {
    struct grant grant;
    struct steps steps;
};

extern const struct driver_ops crc_ops;

void crc_init(struct crc_driver *crc);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, driver 0x40005.
 *
 *  read-only buffer 0    the data, may be empty
 *  read-write buffer 0   where the digest goes, exactly as long as it is
 *  command 1(a)          the algorithm; 0: SHA-256, also if none was chosen
 *  command 2             hash
 *  event 0               (status, 0, 0)
 *
 * Of the commands: NOSUPPORT no such algorithm; NOMEM a hash is under way, or
 * no room for the grant. Status: NOMEM the digest does not have its buffer's
 * length; SIZE the data was shortened or taken back meanwhile. */
#ifndef DRIVERS_SHA_H
#define DRIVERS_SHA_H

#include <drivers/digest_job.h>

struct sha_driver {
    struct grant grant;
    struct steps steps;
    const struct digest_class *sha256;
};

extern const struct driver_ops sha_ops;

void sha_init(struct sha_driver *sha, const struct digest_class *sha256);

#endif

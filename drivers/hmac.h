/* SPDX-License-Identifier: Apache-2.0 */
/* Message authentication codes, driver 0x40003.
 *
 *  read-only buffer 0    the key, of at most 64 bytes; taken when a code begins
 *  read-only buffer 1    data, may be empty
 *  read-only buffer 2    the code to compare with
 *  read-write buffer 2   where the code goes; as much of it as it holds
 *  command 0(a)          the algorithm: 0 SHA-256, 1 SHA-384, 2 SHA-512,
 *                        3 SHA-224, 4 SHA-1, 5 MD5. There is no other command
 *                        to ask whether the driver exists
 *  command 1             the code of the data
 *  command 2             add the data to the code that is in the making, or
 *                        begin one; event 0 (0, 0, 0)
 *  command 3             end the code that is in the making
 *  command 4, 5          like 1 and 3, and compare
 *  event 0               (status, first byte of the code, 0), of 1, 2, 3
 *  event 1               (status, 1 if it is equal, 0), of 4, 5
 *
 * Of the commands: NOSUPPORT the board has no such algorithm; INVAL none was
 * chosen; OFF (3, 5) no code is in the making; SIZE the key is too long; BUSY
 * (0) and NOMEM (others) one is under way; NOMEM no room for the grant.
 * Status: NOMEM there is no buffer for the code; SIZE the data or the key was
 * changed meanwhile, or what to compare with is not as long as the code. */
#ifndef DRIVERS_HMAC_H
#define DRIVERS_HMAC_H

#include <drivers/digest_job.h>

#define HMAC_ALGORITHMS 6u

struct hmac_driver {
    struct grant grant;
    struct steps steps;
    const struct digest_class *const *classes; /* NULL where there is none */
};

extern const struct driver_ops hmac_ops;

/* `classes`: HMAC_ALGORITHMS of them, by number. */
void hmac_init(struct hmac_driver *hmac,
               const struct digest_class *const *classes);

#endif

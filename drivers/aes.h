/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption by AES, driver 0x40006.
 *
 *  read-only buffer 0    the key: 16, 24 or 32 bytes
 *  read-only buffer 1    counter block (CTR) or IV (CBC), the first 16 bytes;
 *                        nonce of CCM, 7 to 13 bytes or the first 13, of GCM,
 *                        1 to 16 bytes (usually 12)
 *  read-only buffer 2    source
 *  read-write buffer 0   destination, may be the same memory
 *  command 1(m, e)       mode 0 CTR, 1 CBC, 2 ECB, 3 CCM, 4 GCM; e: encrypt
 *  command 2             set up: take key and IV, then do as command 3
 *  command 3             crypt the source; CTR and CBC go on where they were,
 *                        CCM and GCM begin another message, whose nonce is in
 *                        the buffer by now
 *  command 4             finish: forget the key, and what is under way
 *  command 5(n), 6(n)    where in the source additional data and message begin
 *  command 7(n)          bytes of the tag (GCM: 16 if never set)
 *  command 8(c)          CCM: encrypt the message? Unless it is set, no: the
 *                        message is additional data then
 *  event 0               (status, bytes written, 1 if the tag is valid)
 *
 * With CCM and GCM the source is all that lies before the message, the message,
 * and, when decrypting, the tag; the destination gets the same with the message
 * changed, and, when encrypting, the tag. Decrypting looks at the tag first: if
 * it is not valid nothing is written.
 *
 * Of the commands: NOSUPPORT (1) no such mode; INVAL (2) no mode was chosen;
 * INVAL (2, 3) key, IV, nonce, tag or offsets of a length that cannot be; SIZE
 * no whole blocks (CBC, ECB), or the destination is too small; OFF (3, 4) not
 * set up; NOMEM (2, 3) and BUSY (1, 5 to 8) one is under way; NOMEM no room for
 * the grant. Status: SIZE a buffer was changed meanwhile; then, or after INVAL,
 * it has to be set up anew. */
#ifndef DRIVERS_AES_H
#define DRIVERS_AES_H

#include <berth/hil/cipher.h>
#include <drivers/turns.h>
#include <kernel/driver.h>

struct aes_driver {
    struct grant grant;
    struct steps steps;
    const struct cipher_class *cipher;
};

extern const struct driver_ops aes_ops;

void aes_init(struct aes_driver *aes, const struct cipher_class *cipher);

#endif

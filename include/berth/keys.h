/* SPDX-License-Identifier: Apache-2.0 */
/* The keys whose credentials a board accepts: a table in its flash, of the form
 * that `berth keygen --key-set` writes. */
#ifndef BERTH_KEYS_H
#define BERTH_KEYS_H

#include <stdint.h>

#define BOARD_KEY_ID_SIZE 8u

struct board_key {
    const char *name; /* its file's, for reports */
    /* The first bytes of its fingerprint, as `berth verify` shows them. */
    uint8_t id[BOARD_KEY_ID_SIZE];
    uint16_t format; /* enum credential_format: of what it checks */
    uint16_t len;
    /* ECDSA: the point, 4, X, Y: 65 bytes. RSA: the modulus, 256 or 512 bytes,
     * the most significant first; the public exponent is 65537. HMAC: the
     * secret, 16 to 64 bytes. */
    const uint8_t *bytes;
};

extern const struct board_key board_keys[];
extern const uint32_t board_key_count;

#endif

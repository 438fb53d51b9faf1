/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that make credentials or check them. BearSSL decodes them and computes
 * with them. */
#ifndef BERTH_KEY_H
#define BERTH_KEY_H

#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"

#define KEY_MODULUS_MAX 512u /* RSA-4096 */
#define KEY_POINT_SIZE 65u   /* 4, then X and Y of 32 bytes */
#define KEY_SECRET_MIN 16u   /* of HMAC */
#define KEY_SECRET_MAX 64u   /* longer ones would be hashed first */
#define KEY_EXPONENT 65537u  /* the public exponent of all RSA keys here */
#define KEY_ID_SIZE 32u
#define KEY_ID_SHOWN 8u /* as many bytes of it are shown to people */
#define KEY_PEM_SECRET "BERTH HMAC KEY"

struct key {
    uint32_t format; /* enum credential_format of what it makes or checks */
    bool can_sign;   /* the private half is there too, or it is a secret */
    /* SHA-256 of the public key's SubjectPublicKeyInfo; of a secret, what
     * HMAC-SHA-256 makes of a constant. */
    uint8_t id[KEY_ID_SIZE];
    const char *path; /* of its file; who reads it sets this */

    br_rsa_public_key rsa;
    br_rsa_private_key rsa_private;
    br_ec_public_key ec;
    br_ec_private_key ec_private;
    struct bytes secret;
    /* What they point to, so a key is never copied. */
    uint8_t public_bytes[KEY_MODULUS_MAX];
    br_skey_decoder_context private_bytes;
};

struct keys {
    const struct key **list;
    size_t count;
};

void keys_add(struct keys *keys, const struct key *key);

/* How a key may be meant that does not say what it is. */
enum key_wanted {
    KEY_ANY,
    KEY_SECRET, /* bytes that are neither PEM nor DER are an HMAC secret */
};

/* The key in a file of PEM or DER: private (PKCS#8, or as its algorithm has
 * it), public (SubjectPublicKeyInfo) or an HMAC secret. NULL, and *why says
 * what is wrong with it. */
struct key *key_parse(const uint8_t *bytes, size_t len, enum key_wanted wanted,
                      const char **why);

/* The same of a file; ends the program if it is none. */
struct key *key_read(const char *path, enum key_wanted wanted);

/* The same of a key for that format; for any RSA key, if it is one of RSA. */
const struct key *key_read_as(const char *path, uint32_t format);

/* Refuses a key that cannot sign; warns of one that others can read. */
void key_sign_check(const struct key *key);

/* The modulus of an RSA key, the point of an EC key, the secret of an HMAC key:
 * what a board needs to check its credentials. */
struct bytes key_material(const struct key *key);

/* DER SubjectPublicKeyInfo; not of a secret. */
struct bytes key_public_der(const struct key *key);

/* `bytes` as PEM. */
struct bytes key_pem(const struct bytes *bytes, const char *label);

/* A new key for credentials of `format`, as the PEM text of its private half.
 * key_parse reads it. */
struct bytes key_new(uint32_t format);

/* A C file of the form that include/berth/keys.h has. */
struct bytes key_set_make(const struct keys *keys);

/* The shown part of its id, in hexadecimal digits. */
const char *key_id_text(const struct key *key, char text[2 * KEY_ID_SHOWN + 1]);

#endif

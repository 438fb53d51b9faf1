/* SPDX-License-Identifier: Apache-2.0 */
/* DER: tag, length, content, one in the other. */
#include "der.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    TAG_INTEGER = 0x02,
    TAG_BIT_STRING = 0x03,
    TAG_UTC_TIME = 0x17,
    TAG_SEQUENCE = 0x30,
    TAG_VERSION = 0xA0, /* [0] of a certificate */
};

/* AlgorithmIdentifier of a key for P-256 and of an RSA key, and of signatures
 * by RSA over SHA-256. */
static const uint8_t algorithm_point[] = {
    0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
    0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
};
static const uint8_t algorithm_rsa[] = {
    0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
    0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
};
static const uint8_t algorithm_signature[] = {
    0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
    0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00,
};

/* Appends tag and length of a content of `len` bytes. */
static void head_put(struct bytes *out, uint8_t tag, size_t len)
{
    uint8_t head[2 + sizeof len] = { tag };
    unsigned at = 1, count = 0;
    for (size_t rest = len; rest; rest >>= 8)
        count++;
    if (len > 0x7F)
        head[at++] = (uint8_t)(0x80 | count);
    for (unsigned i = len > 0x7F ? count : 1; i-- > 0;)
        head[at++] = (uint8_t)(len >> 8 * i);
    bytes_append(out, head, at);
}

static void element_put(struct bytes *out, uint8_t tag, const void *content,
                        size_t len)
{
    head_put(out, tag, len);
    bytes_append(out, content, len);
}

/* The element around all of `content`, which is freed. */
static void wrapped_put(struct bytes *out, uint8_t tag, struct bytes *content)
{
    element_put(out, tag, content->data, content->len);
    free(content->data);
    *content = (struct bytes){ 0 };
}

/* Positive, from bytes that do not begin with zero. */
static void integer_put(struct bytes *out, const uint8_t *bytes, size_t len)
{
    bool has_sign_bit = bytes[0] >= 0x80;
    head_put(out, TAG_INTEGER, len + has_sign_bit);
    bytes_fill(out, 0, has_sign_bit);
    bytes_append(out, bytes, len);
}

static struct bytes public_key_make(const uint8_t *algorithm, size_t len,
                                    struct bytes *bits)
{
    struct bytes info = { 0 }, out = { 0 };
    bytes_append(&info, algorithm, len);
    wrapped_put(&info, TAG_BIT_STRING, bits);
    wrapped_put(&out, TAG_SEQUENCE, &info);
    return out;
}

struct bytes der_public_point(const uint8_t *point, size_t len)
{
    struct bytes bits = { 0 };
    bytes_fill(&bits, 0, 1); /* no bit of the last byte is unused */
    bytes_append(&bits, point, len);
    return public_key_make(algorithm_point, sizeof algorithm_point, &bits);
}

struct bytes der_public_rsa(const uint8_t *modulus, size_t modulus_len,
                            const uint8_t *exponent, size_t exponent_len)
{
    struct bytes numbers = { 0 }, bits = { 0 };
    integer_put(&numbers, modulus, modulus_len);
    integer_put(&numbers, exponent, exponent_len);
    bytes_fill(&bits, 0, 1);
    wrapped_put(&bits, TAG_SEQUENCE, &numbers);
    return public_key_make(algorithm_rsa, sizeof algorithm_rsa, &bits);
}

struct bytes der_certificate(const struct bytes *public_key)
{
    static const uint8_t version[] = { TAG_INTEGER, 1, 2 };
    static const uint8_t serial[] = { 1 };
    static const char begin[] = "000101000000Z", end[] = "491231235959Z";
    static const uint8_t signature[] = { 0, 0 };
    struct bytes validity = { 0 }, body = { 0 }, whole = { 0 }, out = { 0 };
    element_put(&body, TAG_VERSION, version, sizeof version);
    element_put(&body, TAG_INTEGER, serial, sizeof serial);
    bytes_append(&body, algorithm_signature, sizeof algorithm_signature);
    element_put(&body, TAG_SEQUENCE, NULL, 0); /* issuer */
    element_put(&validity, TAG_UTC_TIME, begin, sizeof begin - 1);
    element_put(&validity, TAG_UTC_TIME, end, sizeof end - 1);
    wrapped_put(&body, TAG_SEQUENCE, &validity);
    element_put(&body, TAG_SEQUENCE, NULL, 0); /* subject */
    bytes_append(&body, public_key->data, public_key->len);
    wrapped_put(&whole, TAG_SEQUENCE, &body);
    bytes_append(&whole, algorithm_signature, sizeof algorithm_signature);
    element_put(&whole, TAG_BIT_STRING, signature, sizeof signature);
    wrapped_put(&out, TAG_SEQUENCE, &whole);
    return out;
}

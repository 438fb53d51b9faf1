/* SPDX-License-Identifier: Apache-2.0 */
/* See signing.h. */
#include <tests/fake/signing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bearssl.h>
#include <pic/footer.h>

#define FILE_MAX 8192u

static void require(int holds, const char *what, const char *path)
{
    if (holds)
        return;
    fprintf(stderr, "signing: %s: %s\n", path ? path : "object", what);
    exit(1);
}

/* ---- keys ------------------------------------------------------------------------- */

struct content {
    uint8_t bytes[FILE_MAX];
    size_t len;
};

static void take(void *to, const void *bytes, size_t len)
{
    struct content *c = to;
    require(len <= sizeof c->bytes - c->len, "too long", NULL);
    memcpy(c->bytes + c->len, bytes, len);
    c->len += len;
}

/* What stands between the lines of a PEM file. */
static void pem_read(struct content *out, const char *path)
{
    static char text[FILE_MAX];
    FILE *file = fopen(path, "rb");
    require(file != NULL, "cannot be opened", path);
    size_t len = fread(text, 1, sizeof text, file), at = 0;
    fclose(file);
    br_pem_decoder_context pem;
    br_pem_decoder_init(&pem);
    out->len = 0;
    for (int event = 0; at < len && event != BR_PEM_END_OBJ;) {
        at += br_pem_decoder_push(&pem, text + at, len - at);
        event = br_pem_decoder_event(&pem);
        require(event != BR_PEM_ERROR, "is no PEM", path);
        if (event == BR_PEM_BEGIN_OBJ)
            br_pem_decoder_setdest(&pem, take, out);
    }
    require(out->len != 0, "is empty", path);
}

static void key_read(br_skey_decoder_context *key, const char *path)
{
    struct content der;
    pem_read(&der, path);
    br_skey_decoder_init(key);
    br_skey_decoder_push(key, der.bytes, der.len);
    require(br_skey_decoder_last_error(key) == 0, "is no private key", path);
}

/* ---- credentials -------------------------------------------------------------------- */

static uint32_t digest(const br_hash_class *hash, const uint8_t *bytes,
                       uint32_t len, uint8_t *out)
{
    br_hash_compat_context c;
    hash->init(&c.vtable);
    hash->update(&c.vtable, bytes, len);
    hash->out(&c.vtable, out);
    return hash->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

static uint32_t hmac(const uint8_t *bytes, uint32_t len, const char *path,
                     uint8_t *out)
{
    struct content secret;
    br_hmac_key_context key;
    br_hmac_context c;
    pem_read(&secret, path);
    br_hmac_key_init(&key, &br_sha256_vtable, secret.bytes, secret.len);
    br_hmac_init(&c, &key, 0);
    br_hmac_update(&c, bytes, len);
    return (uint32_t)br_hmac_out(&c, out);
}

static uint32_t ecdsa(const uint8_t *bytes, uint32_t len, const char *path,
                      uint8_t *out)
{
    uint8_t hash[64];
    br_skey_decoder_context key;
    key_read(&key, path);
    digest(&br_sha256_vtable, bytes, len, hash);
    size_t n = br_ecdsa_sign_raw_get_default()(
        br_ec_get_default(), &br_sha256_vtable, hash,
        br_skey_decoder_get_ec(&key), out);
    require(n == 64, "is no key of P-256", path);
    return (uint32_t)n;
}

/* The first integer in the key's file that is as long: BearSSL's own way
 * to the modulus ends below 4096 bits. */
static void modulus_put(const char *path, uint8_t *out)
{
    static const uint8_t head[] = { 0x02, 0x82, 0x02, 0x01, 0x00 };
    struct content der;
    size_t at = 0;
    pem_read(&der, path);
    while (at + sizeof head + 512 < der.len &&
           memcmp(der.bytes + at, head, sizeof head) != 0)
        at++;
    memcpy(out, der.bytes + at + sizeof head, 512);
}

static uint32_t rsa(uint32_t format, const uint8_t *bytes, uint32_t len,
                    const char *path, uint8_t *out)
{
    bool is_large = format == CREDENTIAL_RSA4096;
    uint8_t hash[64];
    br_skey_decoder_context key;
    key_read(&key, path);
    const br_rsa_private_key *sk = br_skey_decoder_get_rsa(&key);
    uint32_t size = is_large ? 512 : 256;
    require(sk != NULL && sk->n_bitlen == 8 * size, "of another size", path);
    if (is_large) {
        modulus_put(path, out);
        out += size;
    }
    uint32_t hash_len = digest(is_large ? &br_sha512_vtable : &br_sha256_vtable,
                               bytes, len, hash);
    uint32_t good = br_rsa_pkcs1_sign_get_default()(
        is_large ? BR_HASH_OID_SHA512 : BR_HASH_OID_SHA256, hash, hash_len, sk,
        out);
    require(good == 1, "does not sign", path);
    return is_large ? 2 * size : size;
}

static uint32_t data_make(uint32_t format, const uint8_t *bytes, uint32_t len,
                          const char *key, uint8_t *out)
{
    switch (format) {
    case CREDENTIAL_SHA256:
        return digest(&br_sha256_vtable, bytes, len, out);
    case CREDENTIAL_SHA384:
        return digest(&br_sha384_vtable, bytes, len, out);
    case CREDENTIAL_SHA512:
        return digest(&br_sha512_vtable, bytes, len, out);
    case CREDENTIAL_HMAC:
        return hmac(bytes, len, key, out);
    case CREDENTIAL_ECDSA:
        return ecdsa(bytes, len, key, out);
    default:
        return rsa(format, bytes, len, key, out);
    }
}

/* ---- objects -------------------------------------------------------------------------- */

static uint32_t word(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static void put(uint8_t *p, uint32_t value, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

void signing_size(uint8_t *bytes, uint32_t total)
{
    uint32_t header = word(bytes) >> 16, sum = 0;
    put(bytes + TBF_AT_TOTAL_SIZE, total, 4);
    for (uint32_t at = 0; at < header; at += 4)
        sum ^= at == TBF_AT_CHECKSUM ? 0 : word(bytes + at);
    put(bytes + TBF_AT_CHECKSUM, sum, 4);
}

uint32_t signing_object(uint8_t *to, uint32_t binary)
{
    enum { HEADER = 16 + 24 + 8 };
    const uint32_t words[HEADER / 4] = {
        HEADER << 16 | 2,
        HEADER + binary,
        TBF_FLAG_ENABLED,
        0,
        20u << 16 | TBF_TLV_PROGRAM,
        0,
        0,
        64,
        HEADER + binary,
        1,
        4u << 16 | TBF_TLV_KERNEL_VERSION,
        2,
    };
    for (uint32_t i = 0; i < HEADER / 4; i++)
        put(to + 4 * i, words[i], 4);
    for (uint32_t i = 0; i < binary; i++)
        to[HEADER + i] = (uint8_t)(i * 37 + 11);
    signing_size(to, HEADER + binary);
    return HEADER + binary;
}

uint32_t signing_footer(uint8_t *bytes, uint32_t at, uint32_t type,
                        uint32_t format, const uint8_t *data, uint32_t len)
{
    put(bytes + at, type, 2);
    put(bytes + at + 2, 4 + len, 2);
    put(bytes + at + 4, format, 4);
    memmove(bytes + at + 8, data, len);
    return at + 8 + len;
}

uint32_t signing_put(uint8_t *bytes, uint32_t at, uint32_t format,
                     const char *key)
{
    struct tbf tbf;
    uint8_t data[SIGNING_MAX];
    uint32_t total = word(bytes + TBF_AT_TOTAL_SIZE);
    enum tbf_error e = tbf_parse(bytes, total, &tbf);
    require(e == TBF_OK, tbf_error_text(e), NULL);
    uint32_t len = data_make(format, bytes, tbf.binary_end, key, data);
    return signing_footer(bytes, at, TBF_TLV_CREDENTIALS, format, data, len);
}

void signing_add(uint8_t *bytes, uint32_t *size, uint32_t format,
                 const char *key)
{
    uint32_t at = *size;
    *size += 8 + credential_size(format);
    memset(bytes + at, 0, *size - at);
    signing_size(bytes, *size);
    signing_put(bytes, at, format, key);
}

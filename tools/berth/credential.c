/* SPDX-License-Identifier: Apache-2.0 */
/* BearSSL computes; here is what over what. */
#include "credential.h"

#include <string.h>

#include "berth.h"

void covered_take(struct covered *out, const uint8_t *bytes, size_t len)
{
    br_sha256_context sha256;
    br_sha384_context sha384;
    br_sha512_context sha512;
    *out = (struct covered){ .bytes = bytes, .len = len };
    br_sha256_init(&sha256);
    br_sha384_init(&sha384);
    br_sha512_init(&sha512);
    br_sha256_update(&sha256, bytes, len);
    br_sha384_update(&sha384, bytes, len);
    br_sha512_update(&sha512, bytes, len);
    br_sha256_out(&sha256, out->sha256);
    br_sha384_out(&sha384, out->sha384);
    br_sha512_out(&sha512, out->sha512);
}

bool credential_is_hash(uint32_t format)
{
    return format == CREDENTIAL_SHA256 || format == CREDENTIAL_SHA384 ||
           format == CREDENTIAL_SHA512;
}

/* What is hashed for that format, and with which length. */
static const uint8_t *hash_of(const struct covered *covered, uint32_t format,
                              size_t *len)
{
    bool is_long = format == CREDENTIAL_SHA512 || format == CREDENTIAL_RSA4096;
    bool is_middle = format == CREDENTIAL_SHA384;
    *len = is_long     ? br_sha512_SIZE
           : is_middle ? br_sha384_SIZE
                       : br_sha256_SIZE;
    return is_long     ? covered->sha512
           : is_middle ? covered->sha384
                       : covered->sha256;
}

static const unsigned char *oid_of(uint32_t format)
{
    return format == CREDENTIAL_RSA4096 ? BR_HASH_OID_SHA512
                                        : BR_HASH_OID_SHA256;
}

static void hmac_make(const struct covered *covered, const struct key *key,
                      uint8_t out[br_sha256_SIZE])
{
    br_hmac_key_context secret;
    br_hmac_context hmac;
    br_hmac_key_init(&secret, &br_sha256_vtable, key->secret.data,
                     key->secret.len);
    br_hmac_init(&hmac, &secret, 0);
    br_hmac_update(&hmac, covered->bytes, covered->len);
    br_hmac_out(&hmac, out);
}

static bool ecdsa_make(const struct covered *covered, const struct key *key,
                       uint8_t *out)
{
    return br_ecdsa_sign_raw_get_default()(br_ec_get_default(),
                                           &br_sha256_vtable, covered->sha256,
                                           &key->ec_private, out) == 64;
}

static bool rsa_make(const struct covered *covered, const struct key *key,
                     uint8_t *out)
{
    size_t len;
    const uint8_t *hash = hash_of(covered, key->format, &len);
    uint32_t modulus = credential_modulus_size(key->format);
    memcpy(out, key->rsa.n, modulus);
    return br_rsa_pkcs1_sign_get_default()(oid_of(key->format), hash, len,
                                           &key->rsa_private, out + modulus);
}

struct bytes credential_make(const struct covered *covered, uint32_t format,
                             const struct key *key)
{
    struct bytes data = { 0 };
    bool is_made = true;
    bytes_fill(&data, 0, credential_size(format));
    if (credential_is_hash(format)) {
        size_t len;
        const uint8_t *hash = hash_of(covered, format, &len);
        memcpy(data.data, hash, len);
    } else if (format == CREDENTIAL_HMAC) {
        hmac_make(covered, key, data.data);
    } else {
        is_made = format == CREDENTIAL_ECDSA
                      ? ecdsa_make(covered, key, data.data)
                      : rsa_make(covered, key, data.data);
    }
    if (!is_made)
        fail(EXIT_INTERNAL, "no %s signature comes out",
             credential_name(format));
    return data;
}

static enum verdict hmac_judge(const struct covered *covered,
                               const uint8_t *data, const struct key *key)
{
    uint8_t right[br_sha256_SIZE];
    hmac_make(covered, key, right);
    return memcmp(data, right, sizeof right) == 0 ? CREDENTIAL_RIGHT
                                                  : CREDENTIAL_NO_KEY;
}

static enum verdict ecdsa_judge(const struct covered *covered,
                                const uint8_t *data, const struct key *key)
{
    bool holds = br_ecdsa_vrfy_raw_get_default()(
        br_ec_get_default(), covered->sha256, sizeof covered->sha256, &key->ec,
        data, credential_size(CREDENTIAL_ECDSA));
    return holds ? CREDENTIAL_RIGHT : CREDENTIAL_NO_KEY;
}

/* An RSA signature shows by its padding that a key has made it, whatever hash
 * it is over. A modulus beside it is nobody's word for that. */
static enum verdict rsa_judge(const struct covered *covered,
                              const uint8_t *data, const struct key *key)
{
    size_t len;
    uint8_t signed_hash[br_sha512_SIZE];
    const uint8_t *hash = hash_of(covered, key->format, &len);
    uint32_t modulus = credential_modulus_size(key->format);
    if (memcmp(data, key->rsa.n, modulus) != 0)
        return CREDENTIAL_NO_KEY;
    if (!br_rsa_pkcs1_vrfy_get_default()(data + modulus, key->rsa.nlen,
                                         oid_of(key->format), len, &key->rsa,
                                         signed_hash))
        return modulus ? CREDENTIAL_WRONG : CREDENTIAL_NO_KEY;
    return memcmp(signed_hash, hash, len) == 0 ? CREDENTIAL_RIGHT
                                               : CREDENTIAL_WRONG;
}

static enum verdict key_judge(const struct covered *covered,
                              const uint8_t *data, const struct key *key)
{
    return key->format == CREDENTIAL_HMAC    ? hmac_judge(covered, data, key)
           : key->format == CREDENTIAL_ECDSA ? ecdsa_judge(covered, data, key)
                                             : rsa_judge(covered, data, key);
}

static bool is_keyed(uint32_t format)
{
    return format == CREDENTIAL_HMAC || format == CREDENTIAL_ECDSA ||
           format == CREDENTIAL_RSA2048 || format == CREDENTIAL_RSA4096;
}

struct judgement credential_judge(const struct covered *covered,
                                  const uint8_t *base, const struct footer *f,
                                  const struct keys *keys)
{
    if (!f->is_credential)
        return (struct judgement){ CREDENTIAL_UNUSED, NULL };
    const uint8_t *data = base + f->data.offset;
    if (credential_is_hash(f->format)) {
        size_t len;
        const uint8_t *hash = hash_of(covered, f->format, &len);
        bool holds = memcmp(data, hash, len) == 0;
        return (struct judgement){ holds ? CREDENTIAL_RIGHT : CREDENTIAL_WRONG,
                                   NULL };
    }
    if (!is_keyed(f->format))
        return (struct judgement){ CREDENTIAL_UNUSED, NULL };
    for (size_t i = 0; i < keys->count; i++) {
        const struct key *key = keys->list[i];
        if (key->format != f->format)
            continue;
        enum verdict verdict = key_judge(covered, data, key);
        if (verdict != CREDENTIAL_NO_KEY)
            return (struct judgement){ verdict, key };
    }
    return (struct judgement){ CREDENTIAL_NO_KEY, NULL };
}

/* Room, or what fills up room too small for a reserved credential. */
static bool is_room(const uint8_t *base, const struct footer *f)
{
    const uint8_t *tlv = base + f->whole.offset;
    if (f->is_credential)
        return f->format == CREDENTIAL_RESERVED;
    return f->whole.len < FOOTER_DATA && get16(tlv) == TBF_TLV_CREDENTIALS;
}

/* All regions lie in the binary, or the object had not parsed. */
static bool has_writeable(const uint8_t *base, const struct tbf *tbf)
{
    struct tbf_span region;
    for (uint32_t i = 0; tbf_writeable(base, tbf, i, &region); i++) {
        if (region.len)
            return true;
    }
    return false;
}

void object_judge(struct object_verdict *out, const uint8_t *base,
                  uint32_t avail, const struct keys *keys)
{
    struct covered covered;
    struct footer f;
    bool is_shown = false, is_wrong = false;
    *out = (struct object_verdict){ 0 };
    out->error = tbf_parse(base, avail, &out->tbf);
    if (out->error != TBF_OK || out->tbf.is_padding)
        return;
    covered_take(&covered, base, out->tbf.binary_end);
    uint32_t at = out->tbf.binary_end;
    while (footer_next(base, &out->tbf, &at, &f)) {
        if (is_room(base, &f)) {
            out->room += f.whole.len;
            continue;
        }
        struct judgement j = credential_judge(&covered, base, &f, keys);
        if (out->count < OBJECT_CREDENTIALS_MAX) {
            out->footers[out->count] = f;
            out->judgements[out->count] = j;
        }
        out->count++;
        is_wrong = is_wrong || j.verdict == CREDENTIAL_WRONG;
        is_shown = is_shown || (j.verdict == CREDENTIAL_RIGHT &&
                                (j.key || keys->count == 0));
    }
    out->rest = out->tbf.total_size - at;
    out->has_writeable = has_writeable(base, &out->tbf);
    out->is_accepted = is_shown && !is_wrong && !out->has_writeable &&
                       out->count <= OBJECT_CREDENTIALS_MAX;
}

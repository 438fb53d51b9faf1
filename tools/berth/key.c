/* SPDX-License-Identifier: Apache-2.0 */
/* Reads keys. What a key file holds is decoded by BearSSL; a key that is read
 * has been tried, so that a damaged private key makes no signature at all. */
#include "key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <pic/footer.h>

#include "berth.h"
#include "der.h"

#define FILE_MAX 65536u
#define RSA2048_SIZE 256u
#define RSA4096_SIZE 512u

static const char not_a_key[] =
    "is no key: neither PEM nor DER of a private key, a public key or an HMAC "
    "secret";
static const char not_our_rsa[] =
    "is an RSA key of another kind than 2048 or 4096 bits with public exponent "
    "65537";
static const char not_our_curve[] =
    "is a key for another curve than P-256 (prime256v1)";
static const char damaged[] =
    "is a damaged key: it does not verify what it signs";

static void key_name(struct key *key)
{
    if (key->format == CREDENTIAL_HMAC) {
        static const char text[] = "berth key fingerprint";
        br_hmac_key_context secret;
        br_hmac_context hmac;
        br_hmac_key_init(&secret, &br_sha256_vtable, key->secret.data,
                         key->secret.len);
        br_hmac_init(&hmac, &secret, 0);
        br_hmac_update(&hmac, text, sizeof text - 1);
        br_hmac_out(&hmac, key->id);
        return;
    }
    struct bytes der = key_public_der(key);
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, der.data, der.len);
    br_sha256_out(&sha, key->id);
    free(der.data);
}

static const char *rsa_public_take(struct key *key, const uint8_t *modulus,
                                   size_t len)
{
    while (len && *modulus == 0) {
        modulus++;
        len--;
    }
    if ((len != RSA2048_SIZE && len != RSA4096_SIZE) || modulus[0] < 0x80)
        return not_our_rsa;
    static uint8_t exponent[] = { KEY_EXPONENT >> 16, KEY_EXPONENT >> 8 & 0xFF,
                                  KEY_EXPONENT & 0xFF };
    memcpy(key->public_bytes, modulus, len);
    key->format = len == RSA2048_SIZE ? CREDENTIAL_RSA2048 : CREDENTIAL_RSA4096;
    key->rsa = (br_rsa_public_key){ key->public_bytes, len, exponent,
                                    sizeof exponent };
    return NULL;
}

/* A point that lies on the curve, by a multiplication that refuses others. */
static const char *ec_public_take(struct key *key, int curve,
                                  const uint8_t *point, size_t len)
{
    const br_ec_impl *impl = br_ec_get_default();
    static const uint8_t one[] = { 1 };
    uint8_t copy[KEY_POINT_SIZE];
    if (curve != BR_EC_secp256r1)
        return not_our_curve;
    if (len != KEY_POINT_SIZE)
        return "holds no uncompressed point of P-256";
    memcpy(copy, point, len);
    if (!impl->mul(copy, len, one, sizeof one, curve))
        return "holds a point that is not on P-256";
    memcpy(key->public_bytes, point, len);
    key->format = CREDENTIAL_ECDSA;
    key->ec = (br_ec_public_key){ curve, key->public_bytes, len };
    return NULL;
}

static bool rsa_holds(const struct key *key)
{
    uint8_t hash[br_sha256_SIZE] = { 1 }, back[br_sha256_SIZE];
    uint8_t signature[KEY_MODULUS_MAX];
    return br_rsa_pkcs1_sign_get_default()(BR_HASH_OID_SHA256, hash,
                                           sizeof hash, &key->rsa_private,
                                           signature) &&
           br_rsa_pkcs1_vrfy_get_default()(signature, key->rsa.nlen,
                                           BR_HASH_OID_SHA256, sizeof hash,
                                           &key->rsa, back) &&
           memcmp(hash, back, sizeof hash) == 0;
}

static const char *rsa_private_take(struct key *key,
                                    const br_rsa_private_key *rsa)
{
    /* The default one of BearSSL 0.6 lacks a word of room for 4096 bits. */
    const br_rsa_compute_modulus compute = br_rsa_i15_compute_modulus;
    uint8_t modulus[KEY_MODULUS_MAX];
    if (rsa->n_bitlen > 8 * KEY_MODULUS_MAX)
        return not_our_rsa;
    size_t len = compute(NULL, rsa);
    if (len == 0 || len > sizeof modulus)
        return len ? not_our_rsa : damaged;
    if (compute(modulus, rsa) != len)
        return damaged;
    const char *why = rsa_public_take(key, modulus, len);
    key->rsa_private = *rsa;
    /* The sizes say that its exponent is what it is taken for, or it is bad. */
    return why ? why : rsa_holds(key) ? NULL : damaged;
}

static bool ec_holds(const struct key *key)
{
    static const uint8_t hash[br_sha256_SIZE] = { 1 };
    uint8_t signature[64];
    size_t len =
        br_ecdsa_sign_raw_get_default()(br_ec_get_default(), &br_sha256_vtable,
                                        hash, &key->ec_private, signature);
    return len == sizeof signature &&
           br_ecdsa_vrfy_raw_get_default()(br_ec_get_default(), hash,
                                           sizeof hash, &key->ec, signature,
                                           len);
}

static const char *ec_private_take(struct key *key, const br_ec_private_key *ec)
{
    br_ec_public_key public;
    uint8_t buffer[BR_EC_KBUF_PUB_MAX_SIZE];
    if (ec->curve != BR_EC_secp256r1)
        return not_our_curve;
    if (!br_ec_compute_pub(br_ec_get_default(), &public, buffer, ec))
        return damaged;
    const char *why = ec_public_take(key, public.curve, public.q, public.qlen);
    key->ec_private = *ec;
    return why ? why : ec_holds(key) ? NULL : damaged;
}

static const char *private_take(struct key *key, const struct bytes *der)
{
    br_skey_decoder_context *context = &key->private_bytes;
    br_skey_decoder_init(context);
    br_skey_decoder_push(context, der->data, der->len);
    if (br_skey_decoder_last_error(context) != 0)
        return not_a_key;
    key->can_sign = true;
    const br_rsa_private_key *rsa = br_skey_decoder_get_rsa(context);
    const br_ec_private_key *ec = br_skey_decoder_get_ec(context);
    return rsa  ? rsa_private_take(key, rsa)
           : ec ? ec_private_take(key, ec)
                : not_a_key;
}

static bool exponent_is_ours(const br_rsa_public_key *rsa)
{
    uint64_t value = 0;
    for (size_t i = 0; i < rsa->elen; i++)
        value = value >> 32 ? value : value << 8 | rsa->e[i];
    return value == KEY_EXPONENT;
}

/* BearSSL reads public keys where they usually are, in certificates: so it is
 * given one around the key. What it says beside the key has no meaning. */
static const char *public_take(struct key *key, const struct bytes *der)
{
    struct bytes certificate = der_certificate(der);
    br_x509_decoder_context context;
    br_x509_decoder_init(&context, NULL, NULL);
    br_x509_decoder_push(&context, certificate.data, certificate.len);
    free(certificate.data);
    const br_x509_pkey *found = br_x509_decoder_get_pkey(&context);
    if (!found)
        return not_a_key;
    if (found->key_type != BR_KEYTYPE_RSA)
        return ec_public_take(key, found->key.ec.curve, found->key.ec.q,
                              found->key.ec.qlen);
    return exponent_is_ours(&found->key.rsa)
               ? rsa_public_take(key, found->key.rsa.n, found->key.rsa.nlen)
               : not_our_rsa;
}

static const char *secret_take(struct key *key, const struct bytes *secret)
{
    if (secret->len < KEY_SECRET_MIN || secret->len > KEY_SECRET_MAX)
        return "is no HMAC secret: those have 16 to 64 bytes";
    bytes_append(&key->secret, secret->data, secret->len);
    key->format = CREDENTIAL_HMAC;
    key->can_sign = true;
    return NULL;
}

static const char *labelled_take(struct key *key, const char *label,
                                 const struct bytes *content)
{
    if (strcmp(label, BR_ENCODE_PEM_PKCS8) == 0 ||
        strcmp(label, BR_ENCODE_PEM_RSA_RAW) == 0 ||
        strcmp(label, BR_ENCODE_PEM_EC_RAW) == 0)
        return private_take(key, content);
    if (strcmp(label, "PUBLIC KEY") == 0)
        return public_take(key, content);
    if (strcmp(label, KEY_PEM_SECRET) == 0)
        return secret_take(key, content);
    if (strcmp(label, "ENCRYPTED PRIVATE KEY") == 0)
        return "is encrypted; `openssl pkey -in FILE -out PLAIN` decrypts it";
    return not_a_key;
}

static void on_pem_bytes(void *content, const void *bytes, size_t len)
{
    bytes_append(content, bytes, len);
}

/* Parameters of a curve may precede the key that names it too. */
static bool is_passed_over(const char *label)
{
    return strcmp(label, "EC PARAMETERS") == 0;
}

static bool is_pem(const uint8_t *bytes, size_t len)
{
    static const char begin[] = "-----BEGIN ";
    return memmem(bytes, len, begin, sizeof begin - 1) != NULL;
}

/* The one object of a PEM file: its content, and its label. */
static const char *pem_read(const uint8_t *bytes, size_t len,
                            struct bytes *content, char label[128])
{
    br_pem_decoder_context pem;
    br_pem_decoder_init(&pem);
    bool is_open = false, is_done = false;
    for (size_t at = 0; at <= len;) {
        /* The last line may lack its end. */
        const void *next = at < len ? (const void *)(bytes + at) : "\n";
        size_t count = br_pem_decoder_push(&pem, next, at < len ? len - at : 1);
        at += count;
        switch (br_pem_decoder_event(&pem)) {
        case BR_PEM_BEGIN_OBJ:
            is_open = !is_passed_over(br_pem_decoder_name(&pem));
            if (is_open && is_done)
                return "holds more than one key";
            if (is_open)
                snprintf(label, 128, "%s", br_pem_decoder_name(&pem));
            br_pem_decoder_setdest(&pem, is_open ? on_pem_bytes : NULL,
                                   content);
            break;
        case BR_PEM_END_OBJ:
            is_done = is_done || is_open;
            is_open = false;
            break;
        case BR_PEM_ERROR:
            return "is damaged: its PEM text cannot be read";
        default:
            break;
        }
    }
    return is_done && !is_open ? NULL : "is cut off: its PEM text has no end";
}

static const char *der_take(struct key *key, const struct bytes *der)
{
    const char *as_private = private_take(key, der);
    if (as_private != not_a_key)
        return as_private;
    key->can_sign = false;
    return public_take(key, der);
}

static const char *key_take(struct key *key, const uint8_t *bytes, size_t len,
                            enum key_wanted wanted)
{
    struct bytes content = { 0 };
    char label[128] = "";
    const char *why = NULL;
    if (len > FILE_MAX)
        return not_a_key;
    if (is_pem(bytes, len)) {
        why = pem_read(bytes, len, &content, label);
        why = why ? why : labelled_take(key, label, &content);
    } else {
        bytes_append(&content, bytes, len);
        why = der_take(key, &content);
        if (why == not_a_key && wanted == KEY_SECRET)
            why = secret_take(key, &content);
    }
    free(content.data);
    return why;
}

struct key *key_parse(const uint8_t *bytes, size_t len, enum key_wanted wanted,
                      const char **why)
{
    struct key *key = keep(calloc(1, sizeof *key));
    *why = key_take(key, bytes, len, wanted);
    if (*why) {
        free(key->secret.data);
        free(key);
        return NULL;
    }
    key_name(key);
    return key;
}

struct key *key_read(const char *path, enum key_wanted wanted)
{
    const char *why;
    struct bytes file = file_read(path);
    struct key *key = key_parse(file.data, file.len, wanted, &why);
    if (!key)
        fail(EXIT_REFUSED, "%s %s", path, why);
    explicit_bzero(file.data, file.len);
    free(file.data);
    key->path = path;
    return key;
}

const struct key *key_read_as(const char *path, uint32_t format)
{
    const struct key *key =
        key_read(path, format == CREDENTIAL_HMAC ? KEY_SECRET : KEY_ANY);
    bool is_rsa =
        key->format == CREDENTIAL_RSA2048 || key->format == CREDENTIAL_RSA4096;
    if (key->format != format && !(is_rsa && format == CREDENTIAL_RSA4096))
        fail(EXIT_REFUSED, "%s is a key for %s, not for %s", path,
             credential_name(key->format),
             format == CREDENTIAL_RSA4096 ? "RSA" : credential_name(format));
    return key;
}

static bool is_open_to_others(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & 077;
}

void key_sign_check(const struct key *key)
{
    if (!key->can_sign)
        fail(EXIT_REFUSED, "%s is a public key; signing takes the private one",
             key->path);
    if (is_open_to_others(key->path))
        warn("%s: others on this machine can read this key; `chmod 600` keeps "
             "them out",
             key->path);
}

void keys_add(struct keys *keys, const struct key *key)
{
    keys->list =
        keep(realloc(keys->list, (keys->count + 1) * sizeof *keys->list));
    keys->list[keys->count++] = key;
}

struct bytes key_material(const struct key *key)
{
    struct bytes b = { 0 };
    if (key->format == CREDENTIAL_HMAC)
        bytes_append(&b, key->secret.data, key->secret.len);
    else if (key->format == CREDENTIAL_ECDSA)
        bytes_append(&b, key->ec.q, key->ec.qlen);
    else
        bytes_append(&b, key->rsa.n, key->rsa.nlen);
    return b;
}

struct bytes key_public_der(const struct key *key)
{
    return key->format == CREDENTIAL_ECDSA
               ? der_public_point(key->ec.q, key->ec.qlen)
               : der_public_rsa(key->rsa.n, key->rsa.nlen, key->rsa.e,
                                key->rsa.elen);
}

struct bytes key_pem(const struct bytes *bytes, const char *label)
{
    struct bytes text = { 0 };
    size_t len = br_pem_encode(NULL, NULL, bytes->len, label, BR_PEM_LINE64);
    bytes_fill(&text, 0, len + 1);
    br_pem_encode(text.data, bytes->data, bytes->len, label, BR_PEM_LINE64);
    text.len = len;
    return text;
}

const char *key_id_text(const struct key *key, char text[2 * KEY_ID_SHOWN + 1])
{
    for (unsigned i = 0; i < KEY_ID_SHOWN; i++)
        snprintf(text + 2 * i, 3, "%02x", key->id[i]);
    return text;
}

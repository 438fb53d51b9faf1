/* SPDX-License-Identifier: Apache-2.0 */
/* New keys, from the system's source of randomness. */
#include <stdlib.h>
#include <string.h>

#include <pic/footer.h>

#include "berth.h"
#include "key.h"

#define SECRET_SIZE 32u

static void random_begin(br_hmac_drbg_context *random)
{
    br_prng_seeder seeder = br_prng_seeder_system(NULL);
    br_hmac_drbg_init(random, &br_sha256_vtable, NULL, 0);
    if (!seeder || !seeder(&random->vtable))
        fail(EXIT_SYSTEM, "this machine has no source of randomness");
}

static struct bytes rsa_new(br_hmac_drbg_context *random, unsigned bits)
{
    uint8_t private_bytes[BR_RSA_KBUF_PRIV_SIZE(4096)];
    uint8_t public_bytes[BR_RSA_KBUF_PUB_SIZE(4096)];
    uint8_t exponent[KEY_MODULUS_MAX];
    br_rsa_private_key private;
    br_rsa_public_key public;
    struct bytes der = { 0 };
    if (!br_rsa_keygen_get_default()(&random->vtable, &private, private_bytes,
                                     &public, public_bytes, bits, KEY_EXPONENT))
        fail(EXIT_INTERNAL, "no RSA key of %u bits comes out", bits);
    size_t len =
        br_rsa_compute_privexp_get_default()(exponent, &private, KEY_EXPONENT);
    bytes_fill(&der, 0,
               br_encode_rsa_pkcs8_der(NULL, &private, &public, exponent, len));
    br_encode_rsa_pkcs8_der(der.data, &private, &public, exponent, len);
    return der;
}

static struct bytes ec_new(br_hmac_drbg_context *random)
{
    const br_ec_impl *impl = br_ec_get_default();
    uint8_t private_bytes[BR_EC_KBUF_PRIV_MAX_SIZE];
    uint8_t public_bytes[BR_EC_KBUF_PUB_MAX_SIZE];
    br_ec_private_key private;
    br_ec_public_key public;
    struct bytes der = { 0 };
    if (!br_ec_keygen(&random->vtable, impl, &private, private_bytes,
                      BR_EC_secp256r1) ||
        !br_ec_compute_pub(impl, &public, public_bytes, &private))
        fail(EXIT_INTERNAL, "no key for P-256 comes out");
    bytes_fill(&der, 0, br_encode_ec_pkcs8_der(NULL, &private, &public));
    br_encode_ec_pkcs8_der(der.data, &private, &public);
    return der;
}

static struct bytes secret_new(br_hmac_drbg_context *random)
{
    struct bytes secret = { 0 };
    bytes_fill(&secret, 0, SECRET_SIZE);
    br_hmac_drbg_generate(random, secret.data, secret.len);
    return secret;
}

struct bytes key_new(uint32_t format)
{
    br_hmac_drbg_context random;
    random_begin(&random);
    bool is_secret = format == CREDENTIAL_HMAC;
    struct bytes der = is_secret                      ? secret_new(&random)
                       : format == CREDENTIAL_ECDSA   ? ec_new(&random)
                       : format == CREDENTIAL_RSA2048 ? rsa_new(&random, 2048)
                                                      : rsa_new(&random, 4096);
    struct bytes pem =
        key_pem(&der, is_secret ? KEY_PEM_SECRET : BR_ENCODE_PEM_PKCS8);
    explicit_bzero(der.data, der.len);
    free(der.data);
    return pem;
}

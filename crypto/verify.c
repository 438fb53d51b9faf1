/* SPDX-License-Identifier: Apache-2.0 */
/* See verify.h. */
#include <crypto/verify.h>

#include <bearssl_ec.h>
#include <bearssl_hash.h>
#include <bearssl_rsa.h>

#define P256_POINT 65u
#define P256_SIGNATURE 64u

/* BearSSL's, of its inner part. What it offers outside makes a copy of the
 * signature: half a kilobyte more of a stack that has four. */
uint32_t br_rsa_pkcs1_sig_unpad(const unsigned char *sig, size_t sig_len,
                                const unsigned char *hash_oid, size_t hash_len,
                                unsigned char *hash_out);

static bool ecdsa(struct verify_job *job, uint32_t key_len)
{
    const br_ec_public_key key = { BR_EC_secp256r1, job->key, key_len };
    return key_len == P256_POINT &&
           br_ecdsa_i31_vrfy_raw(&br_ec_p256_m31, job->hash, br_sha256_SIZE,
                                 &key, job->signature, P256_SIGNATURE) == 1;
}

static bool rsa(struct verify_job *job, uint32_t key_len, const uint8_t *oid,
                uint32_t hash_len)
{
    static uint8_t exponent[] = { 1, 0, 1 };
    const br_rsa_public_key key = { job->key, key_len, exponent,
                                    sizeof exponent };
    uint8_t signed_hash[VERIFY_HASH_MAX], difference = 0;
    if (br_rsa_i31_public(job->signature, key_len, &key) != 1 ||
        br_rsa_pkcs1_sig_unpad(job->signature, key_len, oid, hash_len,
                               signed_hash) != 1)
        return false;
    for (uint32_t i = 0; i < hash_len; i++)
        difference = (uint8_t)(difference | (signed_hash[i] ^ job->hash[i]));
    return difference == 0;
}

bool verify(struct verify_job *job, uint32_t key_len)
{
    if (job->format == CREDENTIAL_ECDSA)
        return ecdsa(job, key_len);
    if (job->format == CREDENTIAL_RSA2048)
        return key_len == 256 &&
               rsa(job, key_len, BR_HASH_OID_SHA256, br_sha256_SIZE);
    if (job->format == CREDENTIAL_RSA4096)
        return key_len == 512 &&
               rsa(job, key_len, BR_HASH_OID_SHA512, br_sha512_SIZE);
    return false;
}

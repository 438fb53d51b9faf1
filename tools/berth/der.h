/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the few DER structures of public keys. BearSSL reads them. */
#ifndef BERTH_DER_H
#define BERTH_DER_H

#include "file.h"

/* SubjectPublicKeyInfo of a point on P-256, and of an RSA key. */
struct bytes der_public_point(const uint8_t *point, size_t len);
struct bytes der_public_rsa(const uint8_t *modulus, size_t modulus_len,
                            const uint8_t *exponent, size_t exponent_len);

/* A certificate that says nothing but the SubjectPublicKeyInfo in it. */
struct bytes der_certificate(const struct bytes *public_key);

#endif

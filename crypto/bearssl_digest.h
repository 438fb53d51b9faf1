/* SPDX-License-Identifier: Apache-2.0 */
/* The digests of BearSSL. For boards, which name those they want; what none
 * names is not linked. */
#ifndef CRYPTO_BEARSSL_DIGEST_H
#define CRYPTO_BEARSSL_DIGEST_H

#include <berth/hil/digest.h>

/* Bytes of the largest state of all below. */
#define BEARSSL_DIGEST_STATE 384u

extern const struct digest_class bearssl_sha256;
extern const struct digest_class bearssl_sha384;
extern const struct digest_class bearssl_sha512;

extern const struct digest_class bearssl_hmac_sha256;
extern const struct digest_class bearssl_hmac_sha384;
extern const struct digest_class bearssl_hmac_sha512;
extern const struct digest_class bearssl_hmac_sha224;
extern const struct digest_class bearssl_hmac_sha1;
extern const struct digest_class bearssl_hmac_md5;

#endif

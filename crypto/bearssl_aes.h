/* SPDX-License-Identifier: Apache-2.0 */
/* AES of BearSSL, in the variant whose time depends on no secret. For boards. */
#ifndef CRYPTO_BEARSSL_AES_H
#define CRYPTO_BEARSSL_AES_H

#include <berth/hil/cipher.h>

extern const struct cipher_class bearssl_aes;

#endif

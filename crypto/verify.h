/* SPDX-License-Identifier: Apache-2.0 */
/* Is that signature of that key? For the verifier, in U-mode: it takes millions
 * of instructions in one piece. */
#ifndef CRYPTO_VERIFY_H
#define CRYPTO_VERIFY_H

#include <stdbool.h>

#include <berth/verify.h>

/* Judges job->signature with job->key, `key_len` bytes. Afterwards the signature
 * is no longer there. */
bool verify(struct verify_job *job, uint32_t key_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Between the loader and its verifier, the process that checks signatures:
 * driver 0x80010002, which answers that process alone. All others get NODEVICE.
 *
 *  command 1     VERIFY_JOB: the job into read-write buffer 0
 *  command 2(n)  VERIFY_KEY: the bytes of the board's key n, from 1, into the
 *                job's key; how many, or 0: that key is for other signatures.
 *                NODEVICE: there are not so many.
 *
 * The answer is its exit: with VERIFY_GOOD + n, key n made the signature; with
 * VERIFY_BAD none did. Anything else is a failure of the verifier. */
#ifndef BERTH_VERIFY_H
#define BERTH_VERIFY_H

#include <stdint.h>

#include <berth/tbf.h>

enum { VERIFY_EXISTS, VERIFY_JOB, VERIFY_KEY };

#define VERIFY_GOOD 0x4B455900u
#define VERIFY_BAD 0x42414400u

#define VERIFY_HASH_MAX 64u
#define VERIFY_SIGNATURE_MAX 512u

struct verify_job {
    uint32_t format; /* enum credential_format */
    uint8_t hash[VERIFY_HASH_MAX];
    uint8_t signature[VERIFY_SIGNATURE_MAX];
    uint8_t key[VERIFY_SIGNATURE_MAX]; /* see struct board_key */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Everything at once, in several apps, for as long as it is let: each answer
 * has to be the right one, however the kernel's work for the others gets in
 * between. */
#include <berth/alarm.h>
#include <berth/crc.h>
#include <berth/hmac.h>
#include <berth/random.h>
#include <berth/sha.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 20 };

static uint8_t data[1000], digest[32], again[32];

static bool one_round(uint32_t round)
{
    uint32_t crc = 0;
    uint32_t crc_again = 1;
    struct berth_hmac hmac = {
        .kind = BERTH_HMAC_SHA256,
        .key = data,
        .key_length = 40,
        .data = data,
        .length = 300 + round * 10,
        .code = digest,
        .code_length = sizeof digest,
    };
    return berth_random(data, sizeof data) == OK &&
           berth_sha256(data, sizeof data, digest) == OK &&
           berth_crc(BERTH_CRC_32, data, sizeof data, &crc) == OK &&
           berth_sha256(data, sizeof data, again) == OK &&
           berth_crc(BERTH_CRC_32, data, sizeof data, &crc_again) == OK &&
           crc == crc_again && memcmp(digest, again, sizeof digest) == 0 &&
           berth_hmac(&hmac, BERTH_HMAC_WHOLE) == OK &&
           berth_hmac(&hmac, BERTH_HMAC_VERIFY) == OK;
}

int main(void)
{
    uint32_t good = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        good += one_round(round);
    }
    printf("drv_many: %lu of %d rounds good\n", (unsigned long)good, ROUNDS);
    return 0;
}

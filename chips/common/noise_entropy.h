/* SPDX-License-Identifier: Apache-2.0 */
/* Entropy from a raw noise source: every sample passes the health tests, none
 * is used before the start-up test is through, and what is handed out is the
 * hash of enough samples. A source that has failed once gives nothing more
 * until the next boot. */
#ifndef CHIPS_COMMON_NOISE_ENTROPY_H
#define CHIPS_COMMON_NOISE_ENTROPY_H

#include <berth/hil/digest.h>
#include <berth/hil/entropy.h>
#include <berth/hil/noise.h>
#include <chips/common/noise_health.h>
#include <kernel/driver.h>

#define NOISE_HASH_STATE 256u  /* bytes a hash's state may have */
#define NOISE_PATIENCE 100000u /* looks in vain before a source is silent */

struct noise_entropy {
    struct entropy entropy; /* first: ops and client */
    struct noise *noise;
    struct noise_health health; /* the board sets the cutoffs */
    const struct digest_class *hash;
    uint16_t samples; /* hashed to one digest: with H bits in each, at least
                       * (8 * digest size + 64) / H */
    struct deferred deferred;
    uint32_t wanted;   /* 0: idle */
    uint16_t gathered; /* samples hashed so far */
    uint32_t silence;  /* looks in a row that found no sample */
    ALIGNED(8) uint8_t state[NOISE_HASH_STATE];
};

extern const struct entropy_ops noise_entropy_ops;

void noise_entropy_init(struct noise_entropy *n);

#endif

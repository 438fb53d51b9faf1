/* SPDX-License-Identifier: Apache-2.0 */
/* A raw noise source: samples as the hardware gives them, neither tested nor
 * conditioned. Never for an app: chips/common/noise_entropy.h makes entropy of
 * it. */
#ifndef BERTH_HIL_NOISE_H
#define BERTH_HIL_NOISE_H

#include <stdbool.h>
#include <stdint.h>

struct noise;

struct noise_ops {
    /* The next sample, if there is one by now. Does not wait. */
    bool (*sample)(struct noise *noise, uint8_t *sample);
};

struct noise {
    const struct noise_ops *ops;
};

#endif

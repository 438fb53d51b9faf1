/* SPDX-License-Identifier: Apache-2.0 */
/* A counter of the core's cycles that always runs. */
#ifndef BERTH_HIL_CYCLES_H
#define BERTH_HIL_CYCLES_H

#include <stdint.h>

struct cycles;

struct cycles_ops {
    uint64_t (*now)(const struct cycles *cycles);
};

struct cycles {
    const struct cycles_ops *ops;
};

#endif

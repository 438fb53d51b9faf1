/* SPDX-License-Identifier: Apache-2.0 */
/* A virtio-mmio slot, legacy (version 1): empty, or with an entropy source
 * whose bytes a seed decides. */
#ifndef TESTS_SIM_VIRTIO_RNG_H
#define TESTS_SIM_VIRTIO_RNG_H

#include <tests/sim/devices/plic.h>
#include <tests/sim/machine.h>

struct virtio_rng {
    struct device device;
    struct plic *plic;
    uint32_t source;
    bool is_there;
    uint64_t seed, random;
    uint32_t features, page_size, align, pfn, queue, queue_size, status,
        interrupt;
    uint16_t seen; /* of the available ring */
};

void virtio_rng_add(struct machine *machine, struct virtio_rng *slot,
                    uint32_t base, struct plic *plic, uint32_t source,
                    bool is_there, uint64_t seed);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The entropy device of QEMU's virt machine: virtio over MMIO, id 4, in any of
 * the eight slots, legacy (version 1) or modern (version 2). One request of up
 * to 32 bytes at a time, by one queue of one entry. */
#ifndef CHIPS_VIRT_VIRTIO_RNG_H
#define CHIPS_VIRT_VIRTIO_RNG_H

#include <stdbool.h>
#include <stdint.h>

#include <berth/compiler.h>
#include <berth/hil/entropy.h>

#define VIRTIO_RNG_PIECE 32u

/* The granule in which a legacy device is told of addresses. */
#define VIRTIO_RNG_ALIGN 64

/* As the device wants it: the used ring begins at the next granule. */
struct ALIGNED(VIRTIO_RNG_ALIGN) virtio_rng_queue {
    uint32_t address, address_high, len;
    uint16_t flags, next;
    uint16_t avail_flags, avail_index, avail_entry, avail_event;
    ALIGNED(VIRTIO_RNG_ALIGN) uint16_t used_flags;
    uint16_t used_index;
    uint32_t used_id, used_len;
    uint16_t used_event;
};

struct virtio_rng {
    struct entropy entropy; /* first: ops and client */
    uint32_t base;          /* 0: no device */
    uint32_t irq;           /* its source at the PLIC; 0 without a device */
    bool busy;
    bool broken; /* it did what a device must not */
    uint16_t taken;
    volatile struct virtio_rng_queue queue;
    uint8_t bytes[VIRTIO_RNG_PIECE];
};

extern const struct entropy_ops virtio_rng_ops;

/* Find the device and set it up. False if there is none, or none that can be
 * used. */
bool virtio_rng_init(struct virtio_rng *rng);

/* Its interrupt; `device` is the struct virtio_rng. */
void virtio_rng_serve(void *device);

#endif

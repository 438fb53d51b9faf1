/* SPDX-License-Identifier: Apache-2.0 */
/* A bank of parallel NOR flash as QEMU virt has it: two 16-bit chips with
 * Intel's command set side by side, 128 blocks of 256 KiB.
 *
 * A bank is one state machine: while it works, or answers anything but array
 * data, nothing of it can be read. What is not over after a few looks is waited
 * for with app flash held (kernel/flash_hold.h). */
#ifndef CHIPS_VIRT_PFLASH_H
#define CHIPS_VIRT_PFLASH_H

#include <berth/hil/flash.h>
#include <kernel/driver.h>

#define PFLASH_BURST 256u

extern const struct flash_ops pflash_ops;
extern const struct flash_geometry pflash_geometry;

/* Zeroed; pflash_init() sets what it needs. */
struct pflash {
    struct flash flash;
    uint32_t base; /* its address */
    struct deferred end;
    struct ktimer timer;
    uint32_t began, limit; /* ticks: when it is late it has failed */
    uint32_t poll;         /* ticks between looks */
    uint32_t at;           /* its block */
    err_t result;
    flag_t is_busy;
};

/* The bank at that address, where `bytes` reads it. */
void pflash_init(struct pflash *bank, uint32_t base, const uint8_t *bytes);

#endif

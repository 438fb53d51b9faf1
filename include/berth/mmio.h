/* SPDX-License-Identifier: Apache-2.0 */
/* Device registers. A host test puts a fake of the same name first on the
 * include path. */
#ifndef BERTH_MMIO_H
#define BERTH_MMIO_H

#include <stdint.h>

static inline uint32_t mmio_read32(uint32_t address)
{
    return *(volatile uint32_t *)(uintptr_t)address;
}

static inline void mmio_write32(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)address = value;
}

static inline uint8_t mmio_read8(uint32_t address)
{
    return *(volatile uint8_t *)(uintptr_t)address;
}

static inline void mmio_write8(uint32_t address, uint8_t value)
{
    *(volatile uint8_t *)(uintptr_t)address = value;
}

/* What was written to memory and registers before is there before what is
 * written after, and likewise for reads: for memory that a device shares. */
static inline void mmio_barrier(void)
{
    __asm__ volatile("fence iorw, iorw" : : : "memory");
}

#endif

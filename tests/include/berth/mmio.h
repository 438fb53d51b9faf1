/* SPDX-License-Identifier: Apache-2.0 */
/* Device registers on the host: a device that the test has made answers
 * (tests/fake/mmio.h). */
#ifndef BERTH_MMIO_H
#define BERTH_MMIO_H

#include <stdint.h>

uint32_t mmio_read32(uint32_t address);
void mmio_write32(uint32_t address, uint32_t value);
uint8_t mmio_read8(uint32_t address);
void mmio_write8(uint32_t address, uint8_t value);

static inline void mmio_barrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The core-local timer of SiFive and QEMU chips. A 32-bit core sees its 64-bit
 * counters as halves. */
#include <berth/hil/chip.h>
#include <berth/mmio.h>

#define MTIMECMP 0x02004000u
#define MTIME 0x0200BFF8u

/* The low half may wrap between the two reads. */
uint64_t chip_now(void)
{
    uint32_t high, low;
    do {
        high = mmio_read32(MTIME + 4);
        low = mmio_read32(MTIME);
    } while (high != mmio_read32(MTIME + 4));
    return (uint64_t)high << 32 | low;
}

uint32_t chip_now_low(void)
{
    return mmio_read32(MTIME);
}

/* Never a value in between that is due too early. */
void chip_timer_set(uint64_t due)
{
    mmio_write32(MTIMECMP + 4, 0xFFFFFFFFu);
    mmio_write32(MTIMECMP, (uint32_t)due);
    mmio_write32(MTIMECMP + 4, (uint32_t)(due >> 32));
}

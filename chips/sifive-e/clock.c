/* SPDX-License-Identifier: Apache-2.0 */
/* mtime counts the 32768 Hz crystal. QEMU's model of the chip counts 10 MHz
 * instead; it has no SPI0 either, whose default chip-select level reads back
 * as 1 on silicon, and that is how it is told. */
#include <berth/hil/chip.h>
#include <berth/mmio.h>
#include <chips/sifive-e/clock.h>

#define SPI0_CSDEF 0x10014014u

static uint32_t timer_hz;

uint32_t chip_timer_hz(void)
{
    return timer_hz;
}

void clock_init(void)
{
    timer_hz = mmio_read32(SPI0_CSDEF) != 0 ? 32768 : 10000000;
}

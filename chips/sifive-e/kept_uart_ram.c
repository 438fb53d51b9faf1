/* SPDX-License-Identifier: Apache-2.0 */
/* See kept_uart.h. In RAM, constants and all. */
#include <berth/mmio.h>
#include <chips/sifive-e/kept_uart.h>

enum { RXDATA = 0x04 };

#define EMPTY 0x80000000u

void kept_uart_keep(struct kept_uart *kept)
{
    while (kept->count < KEPT_MAX) {
        uint32_t word = mmio_read32(kept->device.base + RXDATA);
        if ((word & EMPTY) != 0)
            break;
        kept->bytes[(kept->first + kept->count) % KEPT_MAX] = (uint8_t)word;
        kept->count++;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See flash_map.h. What the flash begins with is no run of equal bytes: it is what
 * the mask ROM has booted. */
#include <berth/mmio.h>
#include <chips/esp32c3/flash_map.h>

bool flash_code_gives_bytes(void)
{
    for (uint32_t at = 0; at < 16; at++) {
        uint32_t word = mmio_read32(FLASH_DATA + (at & ~3u));
        if (mmio_read8(FLASH_CODE + at) != (uint8_t)(word >> (at % 4 * 8)))
            return false;
    }
    return true;
}

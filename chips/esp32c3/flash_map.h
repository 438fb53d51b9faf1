/* SPDX-License-Identifier: Apache-2.0 */
/* Flash as memory: a cache with a table of pages, seen at two windows, one for
 * instructions and one for data. Files that are in RAM (docs/design/spi-flash.md)
 * and boards use this. */
#ifndef CHIPS_ESP32C3_FLASH_MAP_H
#define CHIPS_ESP32C3_FLASH_MAP_H

#include <stdbool.h>
#include <stdint.h>

#define FLASH_DATA 0x3C000000u /* any load */
#define FLASH_CODE 0x42000000u /* fetches; loads of words, perhaps of bytes */

/* The first `size` bytes of the flash, a multiple of 64 KiB, appear from the
 * start of both windows on, and nothing else does. The caller is in RAM. */
void flash_map(uint32_t size);

/* Do loads of bytes through the window for instructions give what the other
 * window gives? The vendor promises words only, and apps load bytes. */
bool flash_code_gives_bytes(void);

/* Nobody looks through the windows, and again: then what had been seen of
 * [at, at + len) is forgotten. In RAM. */
void flash_shut(void);
void flash_reopen(uint32_t at, uint32_t len);

#endif

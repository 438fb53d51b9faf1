/* SPDX-License-Identifier: Apache-2.0 */
/* What lies where in the 4 MiB flash: the kernel first, apps from 0x40000 on, then
 * what apps keep, and at the end what keeps the apps. */
#ifndef BOARDS_ESP32_C3_DEVKIT_FLASH_PLAN_H
#define BOARDS_ESP32_C3_DEVKIT_FLASH_PLAN_H

#include <boards/common/kept.h>
#include <chips/common/spi_nor.h>

#define FLASH_SIZE (4u << 20)
#define KERNEL_SECTORS 64u /* memory.ld: APP_FLASH */

extern const struct flash_geometry flash_geometry;
extern const struct store_layout layout;

#endif

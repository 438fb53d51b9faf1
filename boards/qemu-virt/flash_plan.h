/* SPDX-License-Identifier: Apache-2.0 */
/* What lies where in pflash bank 1, for the boards of this machine: apps from the
 * start on, then what apps keep, and at the end what keeps the apps. */
#ifndef BOARDS_QEMU_VIRT_FLASH_PLAN_H
#define BOARDS_QEMU_VIRT_FLASH_PLAN_H

#include <boards/common/kept.h>

#define APP_FLASH 0x22000000u /* memory.ld */
#define SECTOR (256u << 10)
#define SECTORS 128u
#define KV_SECTORS 4u
#define BLOCK_SECTORS 4u
#define APP_SECTORS (SECTORS - 3 - KV_SECTORS - BLOCK_SECTORS)

extern const struct store_layout layout;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept in the 4 MiB flash, and the drivers by which apps keep data. The
 * kernel lies first, apps from 0x40000 on, then comes what apps keep, and at the
 * end what keeps the apps. */
#ifndef BOARDS_ESP32_C3_DEVKIT_KEPT_H
#define BOARDS_ESP32_C3_DEVKIT_KEPT_H

#include <chips/common/flash_mux.h>
#include <chips/common/spi_nor.h>
#include <drivers/app_flash.h>
#include <drivers/isolated.h>
#include <drivers/kv.h>
#include <drivers/nonvolatile.h>
#include <loader/storage.h>
#include <loader/store.h>

#define FLASH_SIZE (4u << 20)
#define SECTORS (FLASH_SIZE / SPI_NOR_SECTOR)
#define KERNEL_SECTORS 64u /* memory.ld: APP_FLASH */
#define KV_SECTORS 32u
#define BLOCK_SECTORS 32u
/* A journal of four sectors is erased half as often as one of two, and rewrites
 * take turns in two spare ones. */
#define JOURNAL_SECTORS 4u
#define SPARE_SECTORS 2u
#define APPS_END                                                               \
    (SECTORS - JOURNAL_SECTORS - SPARE_SECTORS - BLOCK_SECTORS - KV_SECTORS)

extern const struct store_layout layout;

enum { FLASH_OF_APPS, FLASH_OF_KV, FLASH_OF_BLOCKS, FLASH_USERS };
extern struct flash_port flash_ports[FLASH_USERS];

extern struct app_flash app_flash;
extern struct nonvolatile nonvolatile;
extern struct kv kv;
extern struct isolated isolated;

/* Rows of the board's table. */
#define KEPT_DRIVERS                                                           \
    { DRIVER_APP_FLASH, &app_flash_ops, &app_flash, &app_flash.grant },        \
        { DRIVER_NONVOLATILE, &nonvolatile_ops, &nonvolatile,                  \
          &nonvolatile.blocks.driver.grant },                                  \
        { DRIVER_KV, &kv_ops, &kv, &kv.driver.grant },                         \
    {                                                                          \
        DRIVER_ISOLATED, &isolated_ops, &isolated,                             \
            &isolated.blocks.driver.grant                                      \
    }

/* Before kernel_init(). */
void kept_wire(struct store *store, enum identity_policy identity,
               struct flash *flash);

#endif

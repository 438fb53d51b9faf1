/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept in pflash bank 1, and the drivers by which apps keep data: for the
 * boards of this machine. Apps lie from the start on, then comes what apps keep,
 * and at the end what keeps the apps. */
#ifndef BOARDS_QEMU_VIRT_KEPT_H
#define BOARDS_QEMU_VIRT_KEPT_H

#include <berth/hil/text.h>
#include <chips/common/flash_mux.h>
#include <drivers/app_flash.h>
#include <drivers/isolated.h>
#include <drivers/kv.h>
#include <drivers/nonvolatile.h>
#include <loader/storage.h>
#include <loader/store.h>

#define APP_FLASH 0x22000000u /* memory.ld */
#define SECTOR (256u << 10)
#define SECTORS 128u
#define KV_SECTORS 4u
#define BLOCK_SECTORS 4u
#define APP_SECTORS (SECTORS - 3 - KV_SECTORS - BLOCK_SECTORS)

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

/* Before kernel_init(). `key_of`: see struct storage_policy. `port`: where the
 * operator is told. */
void kept_wire(struct store *store, enum identity_policy identity,
               uint32_t (*key_of)(pid_handle_t pid), struct text_port *port);

/* For struct operator_board. */
const char *kept_order(const char *whose);

/* After pflash_init(). */
void kept_wire_flash(struct flash *bank);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What apps keep on QEMU virt: the drivers for it and the part of app flash that
 * it lies in. For the boards that are wired on this machine. */
#ifndef BOARDS_QEMU_VIRT_KEPT_H
#define BOARDS_QEMU_VIRT_KEPT_H

#include <chips/common/flash_mux.h>
#include <drivers/app_flash.h>
#include <drivers/isolated.h>
#include <drivers/kv.h>
#include <drivers/nonvolatile.h>
#include <loader/loader.h>
#include <loader/storage.h>

/* Bank 1 (memory.ld): apps from the start on, then what they keep, and at the
 * end what keeps the apps. */
#define APP_FLASH 0x22000000u
#define SECTOR (256u << 10)
#define SECTORS 128u
#define KV_SECTORS 4u
#define BLOCK_SECTORS 4u
#define APP_SECTORS (SECTORS - 3 - KV_SECTORS - BLOCK_SECTORS)

enum { FLASH_OF_APPS, FLASH_OF_KV, FLASH_OF_BLOCKS, FLASH_USERS };
extern struct flash_port flash_ports[FLASH_USERS];

extern struct app_flash app_flash;
extern struct nonvolatile nonvolatile;
extern struct kv kv;
extern struct isolated isolated;

#define KEPT_DRIVERS                                                           \
    { DRIVER_APP_FLASH, &app_flash_ops, &app_flash, &app_flash.grant },        \
        { DRIVER_NONVOLATILE, &nonvolatile_ops, &nonvolatile,                  \
          &nonvolatile.grant },                                                \
        { DRIVER_KV, &kv_ops, &kv, &kv.grant },                                \
    {                                                                          \
        DRIVER_ISOLATED, &isolated_ops, &isolated, &isolated.grant             \
    }

/* Before kernel_init(). `key_of`: see loader/storage.h; NULL where credentials
 * are not checked. */
void kept_data_init(struct loader *loader, enum identity_policy identity,
                    const struct flash *flash,
                    uint32_t (*key_of)(pid_handle_t pid));
/* When the flash has been set up. */
void kept_data_open(struct flash *flash);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What apps keep in the flash that holds them, and the drivers by which they do
 * it: one flash, shared by the store (apps.h) and two regions of records. The
 * same for every board that has it, but for how much: the board's flash_plan.c. */
#ifndef BOARDS_COMMON_KEPT_H
#define BOARDS_COMMON_KEPT_H

#include <berth/hil/text.h>
#include <chips/common/flash_mux.h>
#include <drivers/app_flash.h>
#include <drivers/isolated.h>
#include <drivers/kv.h>
#include <drivers/nonvolatile.h>
#include <loader/identity.h>
#include <loader/storage.h>
#include <loader/store.h>

enum { FLASH_OF_APPS, FLASH_OF_KV, FLASH_OF_BLOCKS, FLASH_USERS };
extern struct flash_port flash_ports[FLASH_USERS];

/* ---- the board's ------------------------------------------------------------- */

/* Bytes by offset: shared ones, and some for each of several apps. */
struct kept_plan {
    const struct flash_geometry *geometry; /* the flash's */
    uint32_t shared_bytes, isolated_bytes, isolated_apps;
};

extern const struct kept_plan kept_plan;
extern const struct records_config kept_values, kept_blocks;

extern uint8_t kept_values_buffer[256], kept_blocks_buffer[256];

/* What those two configurations have in common on all boards: where a region
 * begins, its sectors, its index. */
#define KEPT_VALUES(first, count, index_memory)                                \
    .flash = &flash_ports[FLASH_OF_KV].flash, .start = (first),                \
    .sectors = (count), .value_max = KV_VALUE_MAX, .key_max = KV_KEY_MAX,      \
    .index_size = ARRAY_COUNT(index_memory), .index = (index_memory),          \
    .buffer = kept_values_buffer, .buffer_size = sizeof kept_values_buffer,    \
    .wake = kept_wake
#define KEPT_BLOCKS(first, count, index_memory)                                \
    .flash = &flash_ports[FLASH_OF_BLOCKS].flash, .start = (first),            \
    .sectors = (count), .value_max = BLOCK_SIZE,                               \
    .index_size = ARRAY_COUNT(index_memory), .index = (index_memory),          \
    .buffer = kept_blocks_buffer, .buffer_size = sizeof kept_blocks_buffer,    \
    .wake = kept_wake

/* Is there room for what is promised? For so many apps the same share of values,
 * in sectors of which one is free and each keeps room for the longest record. */
#define KEPT_SHARES_FIT(apps, values, bytes, count, sector, index_memory)      \
    ((apps) * (values) <= ARRAY_COUNT(index_memory) / 8 * 7 &&                 \
     (apps) * (bytes) <=                                                       \
         ((count)-1) * ((sector)-16 - (16 + KV_KEY_MAX + KV_VALUE_MAX)))
#define KEPT_BLOCKS_FIT(shared, each, apps, index_memory)                      \
    (((shared) + (each) * (apps)) / BLOCK_SIZE + (apps) <=                     \
     ARRAY_COUNT(index_memory) / 8 * 7)

/* ---- what it gets --------------------------------------------------------------- */

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

/* When the flash can be used. */
void kept_wire_flash(struct flash *flash);

/* For struct operator_board. */
const char *kept_order(const char *whose);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* See kept.h. */
#include <boards/esp32-c3-devkit/kept.h>

const struct store_layout layout = {
    .journal = (SECTORS - JOURNAL_SECTORS) * SPI_NOR_SECTOR,
    .journal_sectors = JOURNAL_SECTORS,
    .spare = (SECTORS - JOURNAL_SECTORS - SPARE_SECTORS) * SPI_NOR_SECTOR,
    .spare_sectors = SPARE_SECTORS,
    .start = KERNEL_SECTORS * SPI_NOR_SECTOR,
    .end = APPS_END * SPI_NOR_SECTOR,
};

static struct flash_mux flash_mux;
struct flash_port flash_ports[FLASH_USERS];
static struct storage_policy storage;

struct app_flash app_flash;
struct nonvolatile nonvolatile;
struct kv kv;
struct isolated isolated;

/* Values by key: of 448 keys at most, in 128 KB. */
static uint32_t kv_index[512] SECTION(".noinit");
static ALIGNED(4) uint8_t kv_buffer[256] SECTION(".noinit");
static struct kept kv_kept SECTION(".noinit");
static const struct records_config kv_config = {
    .flash = &flash_ports[FLASH_OF_KV].flash,
    .start = APPS_END * SPI_NOR_SECTOR,
    .sectors = KV_SECTORS,
    .value_max = KV_VALUE_MAX,
    .key_max = KV_KEY_MAX,
    .index_size = ARRAY_COUNT(kv_index),
    .index = kv_index,
    .buffer = kv_buffer,
    .buffer_size = sizeof kv_buffer,
    .wake = kept_wake,
};

/* Bytes by offset: shared ones, and some for each of 12 apps. */
#define SHARED_BYTES (16u << 10)
#define ISOLATED_BYTES 4096u
#define ISOLATED_APPS 12u
static uint32_t block_index[512] SECTION(".noinit");
static ALIGNED(4) uint8_t block_buffer[256] SECTION(".noinit");
static struct kept block_kept SECTION(".noinit");
static const struct records_config block_config = {
    .flash = &flash_ports[FLASH_OF_BLOCKS].flash,
    .start = (APPS_END + KV_SECTORS) * SPI_NOR_SECTOR,
    .sectors = BLOCK_SECTORS,
    .value_max = BLOCK_SIZE,
    .index_size = ARRAY_COUNT(block_index),
    .index = block_index,
    .buffer = block_buffer,
    .buffer_size = sizeof block_buffer,
    .wake = kept_wake,
};
_Static_assert((SHARED_BYTES + ISOLATED_BYTES * ISOLATED_APPS) / BLOCK_SIZE +
                       ISOLATED_APPS <=
                   ARRAY_COUNT(block_index) / 8 * 7,
               "the index has no room for all blocks");

/* Of requests that are served. */
static struct kv_bytes kv_bytes SECTION(".noinit");
static uint8_t shared_block[BLOCK_SIZE] SECTION(".noinit");
static uint8_t isolated_block[BLOCK_SIZE] SECTION(".noinit");
static uint8_t app_flash_bytes[APP_FLASH_BYTES] SECTION(".noinit");

void kept_wire(struct store *store, enum identity_policy identity,
               struct flash *flash)
{
    uint32_t seed = ktime_now_low();
    flash_mux_init(&flash_mux, flash, flash_ports, FLASH_USERS);
    storage_policy_init(&storage, identity, &flash_ports[FLASH_OF_APPS].flash,
                        NULL);
    kept_init(&kv_kept, &kv_config, seed);
    kept_init(&block_kept, &block_config, seed);
    app_flash_init(&app_flash, store, &storage.authority, SPI_NOR_SECTOR,
                   app_flash_bytes);
    nonvolatile_init(&nonvolatile, &block_kept, shared_block, SHARED_BYTES);
    kv_init(&kv, &kv_kept, &storage.authority, &kv_bytes);
    isolated_init(&isolated, &block_kept, isolated_block, &storage.authority,
                  ISOLATED_BYTES, ISOLATED_APPS);
}

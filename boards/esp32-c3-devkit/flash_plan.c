/* SPDX-License-Identifier: Apache-2.0 */
/* See flash_plan.h. */
#include <boards/esp32-c3-devkit/flash_plan.h>
#include <chips/esp32c3/spi_flash.h>

#define SECTOR SPI_NOR_SECTOR
#define SECTORS (FLASH_SIZE / SECTOR)
#define KV_SECTORS 32u
#define BLOCK_SECTORS 32u
/* A journal of four sectors is erased half as often as one of two, and rewrites
 * take turns in two spare ones. */
#define JOURNAL_SECTORS 4u
#define SPARE_SECTORS 2u
#define APPS_END                                                               \
    (SECTORS - JOURNAL_SECTORS - SPARE_SECTORS - BLOCK_SECTORS - KV_SECTORS)

const struct flash_geometry flash_geometry = {
    .size = FLASH_SIZE,
    .sector_size = SPI_NOR_SECTOR,
    .word_size = 4,
    .burst = SPI_FLASH_BURST,
    .reprogram = true,
    .read_while_busy = false,
};

const struct store_layout layout = {
    .journal = (SECTORS - JOURNAL_SECTORS) * SECTOR,
    .journal_sectors = JOURNAL_SECTORS,
    .spare = (SECTORS - JOURNAL_SECTORS - SPARE_SECTORS) * SECTOR,
    .spare_sectors = SPARE_SECTORS,
    .start = KERNEL_SECTORS * SECTOR,
    .end = APPS_END * SECTOR,
};

/* Values by key: for each of 12 apps 36 of them, 9,000 bytes with keys and
 * headers. */
#define KV_APPS 12u
#define KV_SHARE 36u
#define KV_SHARE_BYTES 9000u
static struct owner kv_owners[KV_APPS] SECTION(".noinit");
static struct owners kv_shares = {
    .table = kv_owners,
    .max = KV_APPS,
    .share_records = KV_SHARE,
    .share_bytes = KV_SHARE_BYTES,
};
static uint32_t kv_index[512] SECTION(".noinit");
const struct records_config kept_values = {
    KEPT_VALUES(APPS_END * SECTOR, KV_SECTORS, kv_index),
    .owners = &kv_shares,
};
_Static_assert(KEPT_SHARES_FIT(KV_APPS, KV_SHARE, KV_SHARE_BYTES, KV_SECTORS,
                               SECTOR, kv_index),
               "no room for all shares");

/* Bytes by offset: shared ones, and some for each of 12 apps. */
const struct kept_plan kept_plan = {
    .geometry = &flash_geometry,
    .shared_bytes = 16 << 10,
    .isolated_bytes = 4096,
    .isolated_apps = 12,
};
static uint32_t block_index[512] SECTION(".noinit");
const struct records_config kept_blocks = {
    KEPT_BLOCKS((APPS_END + KV_SECTORS) * SECTOR, BLOCK_SECTORS, block_index),
};
_Static_assert(KEPT_BLOCKS_FIT(16 << 10, 4096, 12, block_index),
               "no room for all blocks");

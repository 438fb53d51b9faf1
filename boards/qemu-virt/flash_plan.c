/* SPDX-License-Identifier: Apache-2.0 */
/* See flash_plan.h. */
#include <boards/qemu-virt/flash_plan.h>
#include <chips/virt/pflash.h>

const struct store_layout layout = {
    .journal = (SECTORS - 2) * SECTOR,
    .journal_sectors = 2,
    .spare = (SECTORS - 3) * SECTOR,
    .spare_sectors = 1,
    .start = 0,
    .end = APP_SECTORS * SECTOR,
};

/* Values by key: for each of 16 apps 100 of them, 48,000 bytes with keys and
 * headers. */
#define KV_APPS 16u
#define KV_SHARE 100u
#define KV_SHARE_BYTES 48000u
static struct owner kv_owners[KV_APPS] SECTION(".noinit");
static struct owners kv_shares = {
    .table = kv_owners,
    .max = KV_APPS,
    .share_records = KV_SHARE,
    .share_bytes = KV_SHARE_BYTES,
};
static uint32_t kv_index[2048] SECTION(".noinit");
const struct records_config kept_values = {
    KEPT_VALUES(APP_SECTORS * SECTOR, KV_SECTORS, kv_index),
    .owners = &kv_shares,
};
_Static_assert(KEPT_SHARES_FIT(KV_APPS, KV_SHARE, KV_SHARE_BYTES, KV_SECTORS,
                               SECTOR, kv_index),
               "no room for all shares");

/* Bytes by offset: shared ones, and some for each of 16 apps. */
const struct kept_plan kept_plan = {
    .geometry = &pflash_geometry,
    .shared_bytes = 16 << 10,
    .isolated_bytes = 4096,
    .isolated_apps = 16,
};
static uint32_t block_index[512] SECTION(".noinit");
const struct records_config kept_blocks = {
    KEPT_BLOCKS((APP_SECTORS + KV_SECTORS) * SECTOR, BLOCK_SECTORS,
                block_index),
};
_Static_assert(KEPT_BLOCKS_FIT(16 << 10, 4096, 16, block_index),
               "no room for all blocks");

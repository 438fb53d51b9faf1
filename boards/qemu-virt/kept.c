/* SPDX-License-Identifier: Apache-2.0 */
/* See kept.h. */
#include <boards/qemu-virt/kept.h>
#include <drivers/keeper.h>
#include <kernel/process_admin.h>

const struct store_layout layout = {
    .journal = (SECTORS - 2) * SECTOR,
    .journal_sectors = 2,
    .spare = (SECTORS - 3) * SECTOR,
    .spare_sectors = 1,
    .start = 0,
    .end = APP_SECTORS * SECTOR,
};

static struct flash_mux flash_mux;
struct flash_port flash_ports[FLASH_USERS];
static struct storage_policy storage;

struct app_flash app_flash;
struct nonvolatile nonvolatile;
struct kv kv;
struct isolated isolated;

/* Values by key: for each of 16 apps 100 of them, 48,000 bytes with keys and
 * headers. */
#define KV_APPS 16u
static struct owner kv_owners_table[KV_APPS] SECTION(".noinit");
static struct owners kv_owners = {
    .table = kv_owners_table,
    .max = KV_APPS,
    .share_records = 100,
    .share_bytes = 48000,
};
static uint32_t kv_index[2048] SECTION(".noinit");
static ALIGNED(4) uint8_t kv_buffer[256] SECTION(".noinit");
static struct kept kv_kept SECTION(".noinit");
static const struct records_config kv_config = {
    .flash = &flash_ports[FLASH_OF_KV].flash,
    .start = APP_SECTORS * SECTOR,
    .sectors = KV_SECTORS,
    .value_max = KV_VALUE_MAX,
    .key_max = KV_KEY_MAX,
    .index_size = ARRAY_COUNT(kv_index),
    .index = kv_index,
    .owners = &kv_owners,
    .buffer = kv_buffer,
    .buffer_size = sizeof kv_buffer,
    .wake = kept_wake,
};

_Static_assert(KV_APPS * 100 <= ARRAY_COUNT(kv_index) / 8 * 7,
               "the index has no room for all shares");
_Static_assert(KV_APPS * 48000 <=
                   (KV_SECTORS - 1) *
                       (SECTOR - 16 - 16 - KV_KEY_MAX - KV_VALUE_MAX),
               "the region has no room for all shares");

/* Bytes by offset: shared ones, and some for each of 16 apps. */
#define SHARED_BYTES (16u << 10)
#define ISOLATED_BYTES 4096u
#define ISOLATED_APPS 16u
static uint32_t block_index[512] SECTION(".noinit");
static ALIGNED(4) uint8_t block_buffer[256] SECTION(".noinit");
static struct kept block_kept SECTION(".noinit");
static const struct records_config block_config = {
    .flash = &flash_ports[FLASH_OF_BLOCKS].flash,
    .start = (APP_SECTORS + KV_SECTORS) * SECTOR,
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

/* For the operator. */
static struct kept *const keeper_regions[] = { &kv_kept, &block_kept };

static bool app_runs(uint32_t short_id)
{
    struct process_info info;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (process_inspect(slot, &info) && info.short_id == short_id &&
            info.state < PROCESS_FAULTED)
            return true;
    return false;
}

static struct keeper
    keeper; /* cheaper set at the start than initialised data */

const char *kept_order(const char *whose)
{
    return keeper_order(&keeper, whose);
}

/* Of requests that are served. */
static struct kv_bytes kv_bytes SECTION(".noinit");
static uint8_t shared_block[BLOCK_SIZE] SECTION(".noinit");
static uint8_t isolated_block[BLOCK_SIZE] SECTION(".noinit");
static uint8_t app_flash_bytes[APP_FLASH_BYTES] SECTION(".noinit");

void kept_wire(struct store *store, enum identity_policy identity,
               uint32_t (*key_of)(pid_handle_t pid), struct text_port *port)
{
    uint32_t seed = ktime_now_low();
    storage_policy_init(&storage, identity, &flash_ports[FLASH_OF_APPS].flash,
                        key_of);
    kept_init(&kv_kept, &kv_config, seed);
    kept_init(&block_kept, &block_config, seed);
    app_flash_init(&app_flash, store, &storage.authority, SECTOR,
                   app_flash_bytes);
    nonvolatile_init(&nonvolatile, &block_kept, shared_block, SHARED_BYTES);
    kv_init(&kv, &kv_kept, &storage.authority, &kv_bytes);
    isolated_init(&isolated, &block_kept, isolated_block, &storage.authority,
                  ISOLATED_BYTES, ISOLATED_APPS);
    keeper.port = port;
    keeper.regions = keeper_regions;
    keeper.count = ARRAY_COUNT(keeper_regions);
    keeper.runs = app_runs;
    keeper_init(&keeper);
}

void kept_wire_flash(struct flash *bank)
{
    flash_mux_init(&flash_mux, bank, flash_ports, FLASH_USERS);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See kept.h. */
#include <boards/common/kept.h>
#include <drivers/keeper.h>
#include <kernel/process_admin.h>

static struct flash_mux flash_mux;
struct flash_port flash_ports[FLASH_USERS];
static struct storage_policy storage;

ALIGNED(4) uint8_t kept_values_buffer[256] SECTION(".noinit");
ALIGNED(4) uint8_t kept_blocks_buffer[256] SECTION(".noinit");
static struct kept values SECTION(".noinit");
static struct kept blocks SECTION(".noinit");

struct app_flash app_flash;
struct nonvolatile nonvolatile;
struct kv kv;
struct isolated isolated;

/* Of requests that are served. */
static struct kv_bytes kv_bytes SECTION(".noinit");
static uint8_t shared_block[BLOCK_SIZE] SECTION(".noinit");
static uint8_t isolated_block[BLOCK_SIZE] SECTION(".noinit");
static uint8_t app_flash_bytes[APP_FLASH_BYTES] SECTION(".noinit");

inline const struct flash_geometry *records_geometry(const struct records *r)
{
    (void)r;
    return kept_plan.geometry;
}

/* ---- for the operator -------------------------------------------------------- */

static struct kept *const regions[] = { &values, &blocks };
static struct keeper keeper SECTION(".noinit");

static bool app_runs(uint32_t short_id)
{
    struct process_info info;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (process_inspect(slot, &info) && info.short_id == short_id &&
            info.state < PROCESS_FAULTED)
            return true;
    return false;
}

const char *kept_order(const char *whose)
{
    return keeper_order(&keeper, whose);
}

/* ---- the wiring ---------------------------------------------------------------- */

void kept_wire(struct store *store, enum identity_policy identity,
               uint32_t (*key_of)(pid_handle_t pid), struct text_port *port)
{
    const struct kept_plan *plan = &kept_plan;
    uint32_t seed = ktime_now_low();
    storage_policy_init(&storage, identity, &flash_ports[FLASH_OF_APPS].flash,
                        key_of);
    kept_init(&values, &kept_values, seed);
    kept_init(&blocks, &kept_blocks, seed);
    app_flash_init(&app_flash, store, &storage.authority,
                   plan->geometry->sector_size, app_flash_bytes);
    nonvolatile_init(&nonvolatile, &blocks, shared_block, plan->shared_bytes);
    kv_init(&kv, &values, &storage.authority, &kv_bytes);
    isolated_init(&isolated, &blocks, isolated_block, &storage.authority,
                  plan->isolated_bytes, plan->isolated_apps);
    keeper.port = port;
    keeper.regions = regions;
    keeper.count = ARRAY_COUNT(regions);
    keeper.runs = app_runs;
    keeper.shares = kept_values.owners;
    keeper_init(&keeper);
}

void kept_wire_flash(struct flash *flash)
{
    flash_mux_init(&flash_mux, flash, flash_ports, FLASH_USERS);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the drivers that keep data, on the fake kernel and a fake
 * flash: three apps call, lend, take back and die in any order, the flash fails
 * and is mended, everything is restarted. Each command that succeeds ends with
 * one event, as long as its app lives; no driver keeps what it may not keep. Of
 * values by key each app has a share, and there are shares for two or three of
 * them: what is counted is what there is, nobody has more than a share, and who
 * has not is refused nothing for want of room.
 * SOURCES: drivers/kv.c drivers/nonvolatile.c drivers/isolated.c drivers/blocks.c
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c drivers/turns.c
 * SOURCES: drivers/kept.c drivers/owners.c drivers/records.c tests/fake/kernel.c pic/crc32.c
 * LINK: -lcmocka */
#include <stdlib.h>

#include <tests/fake/flash.h>
#include <tests/fake/storage.h>

#include <drivers/isolated.h>
#include <drivers/kv.h>
#include <drivers/nonvolatile.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { APPS = 3, DRIVERS = 3, ROOM = 900, INDEX = 32 };
enum { SHARE_RECORDS = 9, SHARE_BYTES = 1400 };

static struct fake_flash flashes[2];
static struct fake_storage storage;
static struct owner owner_table[APPS];
static struct owners owners;
static bool has_failed; /* the flash of values, since the last boot */
static bool is_alone;   /* the first app's request is, with nobody else's */
static uint32_t index_words[2][INDEX];
static ALIGNED(4) uint8_t buffers[2][64];
static struct records_config configs[2];
static struct kept kept[2];
static struct kv_bytes kv_bytes;
static uint8_t blocks[2][BLOCK_SIZE];
static struct kv kv;
static struct nonvolatile nonvolatile;
static struct isolated isolated;
static const struct driver table[DRIVERS] = {
    { DRIVER_KV, &kv_ops, &kv, &kv.driver.grant },
    { DRIVER_NONVOLATILE, &nonvolatile_ops, &nonvolatile,
      &nonvolatile.blocks.driver.grant },
    { DRIVER_ISOLATED, &isolated_ops, &isolated,
      &isolated.blocks.driver.grant },
};
static struct process *apps[APPS];
static uint32_t room[APPS], waits[APPS][DRIVERS];
static const uint8_t *input, *input_end;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static uint32_t byte(void)
{
    return input < input_end ? *input++ : 0;
}

/* Small, near a border, or anything. */
static uint32_t number(uint32_t border)
{
    uint32_t b = byte();
    if (b < 128)
        return b;
    if (b < 224)
        return border + b - 176;
    return b << 24 | byte() << 16 | byte() << 8 | byte();
}

static void app_begin(uint32_t n)
{
    apps[n] = fake_process("app");
    room[n] = fake_space(apps[n], ROOM);
    memset(fake_bytes(apps[n], room[n]), (int)(n + 1), ROOM);
    memset(waits[n], 0, sizeof waits[n]);
    storage.of[n].pid = process_pid(apps[n]).handle;
}

static void boot(void)
{
    owners = (struct owners){ .table = owner_table,
                              .max = 2 + byte() % 2,
                              .share_records = SHARE_RECORDS,
                              .share_bytes = SHARE_BYTES };
    has_failed = false;
    for (uint32_t i = 0; i < 2; i++) {
        configs[i] = (struct records_config){
            .flash = &flashes[i].flash,
            .sectors = 8,
            .value_max = i == 0 ? 300 : BLOCK_SIZE,
            .key_max = i == 0 ? KV_KEY_MAX : 0,
            .index_size = INDEX,
            .index = index_words[i],
            .buffer = buffers[i],
            .buffer_size = sizeof buffers[i],
            .owners = i == 0 ? &owners : NULL,
            .wake = kept_wake,
        };
        require(records_check(&configs[i]) == OK);
        kept_init(&kept[i], &configs[i], 7);
    }
    memset(&kv, 0, sizeof kv);
    memset(&nonvolatile, 0, sizeof nonvolatile);
    memset(&isolated, 0, sizeof isolated);
    kv_init(&kv, &kept[0], &storage.authority, &kv_bytes);
    nonvolatile_init(&nonvolatile, &kept[1], blocks[0], 600);
    isolated_init(&isolated, &kept[1], blocks[1], &storage.authority, 700, 2);
    fake_boot(table, DRIVERS);
    storage = (struct fake_storage){ .authority = fake_storage_authority,
                                     .count = APPS };
    for (uint32_t n = 0; n < APPS; n++) {
        struct storage_rights *r = &storage.of[n].rights;
        *r = (struct storage_rights){ .id = n + 1,
                                      .may_write = true,
                                      .may_read = true,
                                      .may_modify = n != 2 };
        if (n != 0) {
            r->reads = r->modifies = 1;
            r->read_ids[0] = r->modify_ids[0] = 1;
        }
        app_begin(n);
    }
}

/* ---- shares ------------------------------------------------------------------------ */

struct sum {
    uint32_t records, bytes;
};

/* What is kept under that id, and how many ids there are. */
static struct sum sum_of(uint32_t id, uint32_t *ids)
{
    uint8_t bytes[RECORDS_KEY_MAX];
    struct records_key key;
    struct sum sum = { 0 };
    uint32_t size, seen = 0;
    for (uint32_t i = 0; i < INDEX; i++) {
        if (!records_at(&kept[0].records, i, &key, bytes, &size))
            continue;
        seen |= 1u << key.id;
        sum.records += key.id == id;
        sum.bytes += key.id == id ? size : 0;
    }
    *ids = (uint32_t)__builtin_popcount(seen);
    return sum;
}

static const struct owner *entry_of(uint32_t id)
{
    for (uint32_t i = 0; i < owners.max; i++)
        if (owner_table[i].records != 0 && owner_table[i].id == id)
            return &owner_table[i];
    return NULL;
}

/* Between two operations. */
static void shares_check(void)
{
    const struct records *r = &kept[0].records;
    uint32_t ids;
    if (!r->is_mounted || r->holder != NULL || flashes[0].is_busy)
        return;
    for (uint32_t id = 1; id <= APPS; id++) {
        struct sum sum = sum_of(id, &ids);
        const struct owner *entry = entry_of(id);
        require(sum.records <= SHARE_RECORDS && sum.bytes <= SHARE_BYTES);
        require(owners.is_crowded || (entry != NULL) == (sum.records != 0));
        require(owners.is_stale || entry == NULL ||
                (entry->records == sum.records && entry->bytes == sum.bytes));
    }
    require(owners.is_crowded || ids <= owners.max);
}

/* The first app, which has no rights over others' values, is told that there is no
 * room. Of what others change meanwhile nothing is known here. */
static void refusal_check(void)
{
    uint32_t ids;
    if (!is_alone)
        return;
    struct sum sum = sum_of(1, &ids);
    bool has_entry = sum.records != 0 || ids < owners.max;
    require(has_failed || owners.is_crowded || !has_entry ||
            sum.records >= SHARE_RECORDS ||
            sum.bytes + kept[0].records.largest > SHARE_BYTES);
}

/* Each event is one that a command has led to. */
static void events_take(uint32_t n)
{
    struct fake_upcall event;
    while (fake_upcall(apps[n], &event)) {
        uint32_t d = 0;
        while (table[d].number != event.driver)
            d++;
        require(waits[n][d] == 1);
        waits[n][d] = 0;
        if (n == 0 && d == 0 && event.args[0] == ERR_NOMEM)
            refusal_check();
    }
}

static void command(uint32_t n)
{
    uint32_t d = byte() % DRIVERS, what = byte() % 8;
    uint32_t arg1 = number(600), arg2 = number(0);
    struct sysret r = fake_command(apps[n], table[d].number, what, arg1, arg2);
    bool has_event = what != 0 && !(d == 1 && what == 1);
    if (r.variant >= 128 && has_event) {
        require(waits[n][d] == 0);
        waits[n][d] = 1;
        if (d == 0)
            is_alone = n == 0 && waits[1][0] == 0 && waits[2][0] == 0 &&
                       kept[0].records.holder == NULL;
    }
}

static void allow(uint32_t n, bool is_rw)
{
    uint32_t driver = table[byte() % DRIVERS].number, slot = byte() % 2;
    uint32_t at = number(ROOM) % ROOM, len = number(300) % ROOM;
    if (is_rw)
        (void)fake_allow_rw(apps[n], driver, 0, room[n] + at,
                            len > ROOM - at ? ROOM - at : len);
    else
        (void)fake_allow_ro(apps[n], driver, slot, room[n] + at,
                            len > ROOM - at ? ROOM - at : len);
}

static void flash_step(void)
{
    for (uint32_t i = 0; i < 2; i++)
        if (flashes[i].is_busy)
            fake_flash_end(&flashes[i]);
}

static void settle(void)
{
    do {
        flash_step();
        fake_settle();
    } while (flashes[0].is_busy || flashes[1].is_busy);
}

static void step(void)
{
    uint32_t what = byte(), n = what / 16 % APPS;
    switch (what % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
        command(n);
        break;
    case 4:
    case 5:
        allow(n, false);
        break;
    case 6:
    case 7:
        allow(n, true);
        break;
    case 8:
    case 9:
        (void)fake_settle_one();
        break;
    case 10:
        flash_step();
        break;
    case 11:
    case 12:
        settle();
        break;
    case 13:
        fake_die(apps[n]);
        app_begin(n);
        break;
    case 14:
        what = byte() % 2;
        flashes[what].fails = byte() % 4 == 0;
        has_failed = has_failed || (what == 0 && flashes[0].fails);
        break;
    default:
        settle();
        fake_end();
        boot();
        break;
    }
    for (uint32_t i = 0; i < APPS; i++)
        events_take(i);
    shares_check();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = data;
    input_end = data + size;
    fake_flash_make(&flashes[0]);
    fake_flash_make(&flashes[1]);
    boot();
    while (input < input_end)
        step();
    settle();
    for (uint32_t n = 0; n < APPS; n++) {
        events_take(n);
        for (uint32_t d = 0; d < DRIVERS; d++)
            require(waits[n][d] == 0);
    }
    fake_end();
    return 0;
}

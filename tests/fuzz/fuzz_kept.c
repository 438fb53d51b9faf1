/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer target of the drivers that keep data, on the fake kernel and a fake
 * flash: three apps call, lend, take back and die in any order, the flash fails
 * and is mended, everything is restarted. Each command that succeeds ends with
 * one event, as long as its app lives; no driver keeps what it may not keep.
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

enum { APPS = 3, DRIVERS = 3, ROOM = 900 };

static struct fake_flash flashes[2];
static struct fake_storage storage;
static uint32_t index_words[2][32];
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
    for (uint32_t i = 0; i < 2; i++) {
        configs[i] = (struct records_config){
            .flash = &flashes[i].flash,
            .sectors = 8,
            .value_max = i == 0 ? 300 : BLOCK_SIZE,
            .key_max = i == 0 ? KV_KEY_MAX : 0,
            .index_size = 32,
            .index = index_words[i],
            .buffer = buffers[i],
            .buffer_size = sizeof buffers[i],
            .wake = kept_wake,
        };
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
        flashes[byte() % 2].fails = byte() % 4 == 0;
        break;
    default:
        settle();
        fake_end();
        boot();
        break;
    }
    for (uint32_t i = 0; i < APPS; i++)
        events_take(i);
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

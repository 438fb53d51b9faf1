/* SPDX-License-Identifier: Apache-2.0 */
/* App flash against a model, on the real store: two apps write their regions at
 * random, alone and at once, 10,000 times in all (FULL=1: ten times that); the
 * power is cut at random operations of the flash, in every way that is known, and
 * apps die in the middle. Of a write some first pieces are there then, each wholly
 * or not at all, and nothing of the rest; all other bytes of both apps, code as
 * well, are as they were.
 * SOURCES: drivers/app_flash.c drivers/turns.c tests/fake/kernel.c
 * SOURCES: loader/store.c loader/store_transfer.c loader/store_journal.c
 * SOURCES: loader/store_sector.c loader/store_chain.c pic/tbf.c pic/crc32.c
 * SOURCES: tests/power/nor.c tests/power/world.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tests/fake/kernel.h>
#include <tests/power/world.h>

#include <drivers/app_flash.h>

enum { APPS = 2, SECTOR = 512, WRITE = 1 };
/* A region begins in the middle of one sector and ends in that of another. */
enum { SIZE = 1500, REGION_FROM = 200, REGION = 1100, BUFFER_MAX = 900 };

static uint32_t chance = 1;

static uint32_t random_below(uint32_t n)
{
    return nor_random(&chance) % n;
}

/* ---- the system ---------------------------------------------------------------------- */

static struct world world;
static struct app_flash driver;
static uint8_t driver_bytes[APP_FLASH_BYTES];
static const struct driver table[] = {
    { DRIVER_APP_FLASH, &app_flash_ops, &driver, &driver.grant },
};
static struct app {
    struct process *p;
    uint32_t buffer;     /* in its memory */
    uint8_t bytes[SIZE]; /* the model: what flash has of it */
    /* The write under way. */
    bool is_under_way;
    uint32_t from, len;
    uint8_t after[SIZE];
} apps[APPS];
static uint32_t cuts, deaths, kinds_seen;

/* Where the app lies, in which all but what is under way is as the model has it. */
static uint32_t object_at(uint32_t who)
{
    struct store_object o;
    uint32_t at = STORE_NONE, seen = 0;
    while (store_walk(&world.store, &at, &o))
        if (!o.is_free && seen++ == who)
            return o.at;
    fail_msg("app %u is not there any more", (unsigned)who);
    return 0;
}

/* As the app has it: each one's flash begins at an address of its own. */
static uint32_t address_of(uint32_t who, uint32_t offset)
{
    return 0x10000 * (who + 1) + offset;
}

static bool writeable(const struct storage_authority *authority, uint32_t pid,
                      uint32_t address, uint32_t len, uint32_t *at)
{
    (void)authority;
    for (uint32_t who = 0; who < APPS; who++) {
        uint32_t offset = address - address_of(who, REGION_FROM);
        if (apps[who].p == NULL || process_pid(apps[who].p).handle != pid)
            continue;
        *at = object_at(who) + REGION_FROM + offset;
        return offset <= REGION && len <= REGION - offset;
    }
    return false;
}

static const struct storage_authority authority = { NULL, writeable };

static void app_begin(uint32_t who)
{
    struct app *a = &apps[who];
    a->p = fake_process("app");
    a->buffer = fake_space(a->p, BUFFER_MAX);
    a->is_under_way = false;
}

static void boot(void)
{
    nor_power_up(&world.nor);
    world.nor.cut_at = NOR_NEVER;
    assert_int_equal(world_boot(&world), OK);
    assert_null(world_check(&world));
    driver = (struct app_flash){ 0 };
    app_flash_init(&driver, &world.store, &authority, SECTOR, driver_bytes);
    fake_boot(table, 1);
    for (uint32_t who = 0; who < APPS; who++)
        app_begin(who);
}

/* One thing at a time; false when there is nothing to do, or no power. */
static bool step(void)
{
    fake_settle();
    if (world.nor.is_dead)
        return false;
    if (world.is_woken) {
        world.is_woken = false;
        store_run(&world.store);
        return true;
    }
    if (!world.nor.is_busy)
        return false;
    nor_complete(&world.nor);
    return true;
}

/* ---- the model ----------------------------------------------------------------------- */

static uint32_t piece_len(uint32_t at, uint32_t rest)
{
    uint32_t len = SECTOR - at % SECTOR;
    if (len > APP_FLASH_BYTES)
        len = APP_FLASH_BYTES;
    return len < rest ? len : rest;
}

static void flash_is(uint32_t who)
{
    uint32_t at = object_at(who);
    assert_memory_equal(world.nor.shown + at, apps[who].bytes, SIZE);
}

/* What was cut off, or whose app has died, has come as far as it has. */
static void write_settle(uint32_t who)
{
    struct app *a = &apps[who];
    uint32_t at = object_at(who), offset = REGION_FROM + a->from;
    uint32_t end = offset + a->len;
    while (a->is_under_way && offset < end) {
        uint32_t len = piece_len(at + offset, end - offset);
        if (memcmp(world.nor.shown + at + offset, a->after + offset, len) != 0)
            break;
        memcpy(a->bytes + offset, a->after + offset, len);
        offset += len;
    }
    a->is_under_way = false;
    flash_is(who); /* what follows that piece, too */
}

/* ---- what happens -------------------------------------------------------------------- */

static void write_begin(uint32_t who)
{
    struct app *a = &apps[who];
    a->from = random_below(REGION);
    a->len = 1 + random_below(REGION - a->from);
    if (a->len > BUFFER_MAX)
        a->len = BUFFER_MAX;
    memcpy(a->after, a->bytes, SIZE);
    for (uint32_t i = 0; i < a->len; i++)
        fake_bytes(a->p, a->buffer)[i] = a->after[REGION_FROM + a->from + i] =
            (uint8_t)random_below(256);
    fake_allow_ro(a->p, DRIVER_APP_FLASH, 0, a->buffer, a->len);
    assert_success(fake_command(a->p, DRIVER_APP_FLASH, WRITE,
                                address_of(who, REGION_FROM + a->from), 0));
    a->is_under_way = true;
}

/* What reaches out of the region by one byte is refused, and changes nothing. */
static void write_beyond(uint32_t who)
{
    struct app *a = &apps[who];
    uint32_t len = 1 + random_below(8);
    fake_allow_ro(a->p, DRIVER_APP_FLASH, 0, a->buffer, len);
    assert_failure(fake_command(a->p, DRIVER_APP_FLASH, WRITE,
                                address_of(who, REGION_FROM) - 1, 0),
                   ERR_INVAL);
    assert_failure(fake_command(a->p, DRIVER_APP_FLASH, WRITE,
                                address_of(who, REGION_FROM + REGION) - len + 1,
                                0),
                   ERR_INVAL);
    assert_failure(fake_command(a->p, DRIVER_APP_FLASH, WRITE,
                                address_of(1 - who, REGION_FROM), 0),
                   ERR_INVAL);
}

static void events_take(void)
{
    struct fake_upcall event;
    for (uint32_t who = 0; who < APPS; who++) {
        struct app *a = &apps[who];
        bool has_come = fake_upcall(a->p, &event);
        assert_int_equal(has_come, a->is_under_way);
        if (has_come) {
            assert_int_equal(event.args[0], OK);
            memcpy(a->bytes, a->after, SIZE);
        }
        a->is_under_way = false;
        flash_is(who);
    }
}

static void power_returns(void)
{
    bool was_under_way[APPS];
    for (uint32_t who = 0; who < APPS; who++)
        was_under_way[who] = apps[who].is_under_way;
    cuts++;
    kinds_seen |= 1u << world.nor.cut;
    fake_end();
    boot();
    for (uint32_t who = 0; who < APPS; who++) {
        apps[who].is_under_way = was_under_way[who];
        write_settle(who);
    }
}

static void round_of_writes(void)
{
    uint32_t who = random_below(APPS), steps = 0;
    uint32_t dies_at = random_below(8) == 0 ? random_below(60) : ~0u;
    write_beyond(who);
    write_begin(who);
    if (random_below(3) == 0)
        write_begin(1 - who);
    if (random_below(3) == 0) {
        world.nor.cut_at = world.nor.operations + random_below(80);
        world.nor.cut = (enum nor_cut)random_below(CUT_KINDS);
    }
    bool has_died = false;
    while (step())
        if (steps++ == dies_at && apps[who].is_under_way) {
            fake_die(apps[who].p);
            apps[who].p = NULL;
            has_died = true;
            deaths++;
        }
    if (world.nor.is_dead) {
        power_returns();
        return;
    }
    world.nor.cut_at = NOR_NEVER;
    if (has_died) {
        write_settle(who);
        app_begin(who);
    }
    events_take();
}

static void what_two_apps_write_is_what_the_model_says(void **state)
{
    (void)state;
    const char *full = getenv("FULL");
    uint32_t rounds = full != NULL && *full != '\0' ? 100000 : 10000;
    const struct flash_geometry geometry = {
        .size = 16 * SECTOR,
        .sector_size = SECTOR,
        .word_size = 4,
        .burst = 256,
    };
    world_make(&world, &geometry, 2, 1);
    assert_int_equal(world_boot(&world), OK);
    for (uint32_t who = 0; who < APPS; who++) {
        app_make(apps[who].bytes, SIZE, who);
        assert_int_equal(world_install(&world, apps[who].bytes, SIZE, 64, NULL),
                         OK);
    }
    boot();
    for (uint32_t i = 0; i < rounds; i++)
        round_of_writes();
    printf("    %u rounds of 2 apps, %u cuts, %u deaths\n", (unsigned)rounds,
           (unsigned)cuts, (unsigned)deaths);
    assert_true(cuts > rounds / 20 && deaths > rounds / 50);
    assert_int_equal(kinds_seen, (1u << CUT_KINDS) - 1);
    fake_end();
    world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_two_apps_write_is_what_the_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator is told of kept data and frees of it: on the real drivers, in
 * two regions of one flash.
 * SOURCES: drivers/keeper.c drivers/kv.c drivers/isolated.c drivers/blocks.c
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c drivers/turns.c
 * SOURCES: drivers/nonvolatile.c drivers/kept.c drivers/owners.c drivers/records.c
 * SOURCES: chips/common/flash_mux.c kernel/format.c tests/fake/kernel.c
 * SOURCES: pic/crc32.c */
#include <tests/fake/flash.h>
#include <tests/fake/storage.h>

#include <chips/common/flash_mux.h>
#include <drivers/isolated.h>
#include <drivers/keeper.h>
#include <drivers/kv.h>
#include <drivers/nonvolatile.h>

#define HEAD " ShortID      Key  Values   Bytes  Isolated  App\r\n"
#define SHARES "4 apps may keep 5 values, 700 bytes each\r\n"

static struct fake_flash flash;
static struct flash_mux flash_mux;
static struct flash_port ports[2];
static struct fake_storage storage;
static struct owner owner_table[4];
static struct owners owners = {
    .table = owner_table,
    .max = 4,
    .share_records = 5,
    .share_bytes = 700,
};
static uint32_t index_words[2][64];
static ALIGNED(4) uint8_t buffers[2][64];
static struct records_config configs[2];
static struct kept kept[2];
static struct kept *const regions[] = { &kept[0], &kept[1] };
static struct kv_bytes bytes;
static uint8_t blocks[2][BLOCK_SIZE];
static struct kv kv;
static struct isolated isolated;
static struct nonvolatile shared;
static struct keeper keeper;
static const struct driver table[] = {
    { DRIVER_KV, &kv_ops, &kv, &kv.driver.grant },
    { DRIVER_ISOLATED, &isolated_ops, &isolated,
      &isolated.blocks.driver.grant },
    { DRIVER_NONVOLATILE, &nonvolatile_ops, &shared,
      &shared.blocks.driver.grant },
};
static struct process *app;
static struct storage_rights *rights;
static uint32_t running; /* the ShortId of an app that runs */

/* ---- the port: a unit at a time ------------------------------------------------ */

static struct writer *queued;
static char said[2000];

static void port_write(struct text_port *port, struct writer *writer)
{
    (void)port;
    assert_null(queued);
    queued = writer;
}

static const struct text_port_ops port_ops = { .write = port_write };
static struct text_port port = { &port_ops };

static bool port_step(void)
{
    struct writer *writer = queued;
    size_t n, len = strlen(said);
    if (writer == NULL)
        return false;
    queued = NULL;
    while ((n = writer->ops->next(writer, (uint8_t *)said + len, 7)) != 0)
        len += n;
    said[len] = '\0';
    return true;
}

static void settle(void)
{
    fake_flash_close(&flash); /* an app has run */
    do
        fake_flash_settle(&flash);
    while (port_step());
}

static void assert_says(const char *whose, const char *text)
{
    said[0] = '\0';
    assert_null(keeper_order(&keeper, whose));
    settle();
    assert_string_equal(said, text);
}

/* ---- the world ------------------------------------------------------------------- */

static bool runs(uint32_t short_id)
{
    return short_id == running;
}

static void start(void)
{
    flash_mux_init(&flash_mux, &flash.flash, ports, 2);
    for (uint32_t i = 0; i < 2; i++) {
        configs[i] = (struct records_config){
            .flash = &ports[i].flash,
            .start = i * 8 * FAKE_FLASH_SECTOR,
            .sectors = 8,
            .value_max = i == 0 ? 300 : BLOCK_SIZE,
            .key_max = i == 0 ? KV_KEY_MAX : 0,
            .index_size = 64,
            .index = index_words[i],
            .buffer = buffers[i],
            .buffer_size = sizeof buffers[i],
            .wake = kept_wake,
        };
        kept_init(&kept[i], &configs[i], 5 + i);
    }
    configs[0].owners = &owners;
    assert_int_equal(records_check(&configs[0]), OK);
    assert_int_equal(records_check(&configs[1]), OK);
    kv = (struct kv){ 0 };
    isolated = (struct isolated){ 0 };
    shared = (struct nonvolatile){ 0 };
    storage = (struct fake_storage){ .authority = fake_storage_authority };
    kv_init(&kv, &kept[0], &storage.authority, &bytes);
    isolated_init(&isolated, &kept[1], blocks[0], &storage.authority, 512, 3);
    nonvolatile_init(&shared, &kept[1], blocks[1], 512);
    memset(&keeper, 0xA5, sizeof keeper);
    keeper.port = &port;
    keeper.regions = regions;
    keeper.count = 2;
    keeper.runs = runs;
    keeper.shares = &owners;
    keeper_init(&keeper);
    fake_boot(table, ARRAY_COUNT(table));
    app = fake_process("app");
    rights = fake_storage_allow(&storage, app, 1);
    queued = NULL;
    running = 0;
}

static int setup(void **state)
{
    (void)state;
    fake_flash_make(&flash);
    start();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void keeps(uint32_t id, uint8_t key, const char *name)
{
    struct fake_upcall event;
    rights->id = id;
    rights->key = key;
    fake_allow_ro(app, DRIVER_KV, 0, fake_text(app, name), 1);
    fake_allow_ro(app, DRIVER_KV, 1, fake_text(app, "four"), 4);
    assert_success(fake_command(app, DRIVER_KV, 2, 0, 0));
    settle();
    assert_true(fake_upcall(app, &event));
    assert_int_equal(event.args[0], OK);
}

static err_t writes(uint32_t id, uint8_t key)
{
    struct fake_upcall event;
    rights->id = id;
    rights->key = key;
    fake_allow_ro(app, DRIVER_ISOLATED, 0, fake_text(app, "four"), 4);
    assert_success(fake_command(app, DRIVER_ISOLATED, 3, 254, 0));
    settle();
    assert_true(fake_upcall(app, &event));
    return (err_t)event.args[0];
}

/* ---- tests ------------------------------------------------------------------------- */

static void where_nothing_is_kept_nothing_is_listed(void **state)
{
    (void)state;
    assert_says(NULL, HEAD SHARES);
    assert_says("0x1", "forget: 0 records of 0x1 are gone\r\n");
}

static void each_owner_has_a_line(void **state)
{
    (void)state;
    keeps(0x4E570001, 0, "a");
    keeps(0xFFFFFFFF, 0, "a");
    keeps(0x4E570001, 2, "a");
    keeps(0x4E570001, 2, "b");
    assert_int_equal(writes(7, 0), OK);
    assert_int_equal(writes(0x4E570001, 2), OK);
    fake_allow_ro(app, DRIVER_NONVOLATILE, 0, fake_text(app, "four"), 4);
    assert_success(fake_command(app, DRIVER_NONVOLATILE, 3, 0, 4));
    settle(); /* what all share is nobody's */
    running = 7;
    assert_says(NULL, HEAD
                " 0x7            0       0       0       576  runs\r\n"
                " 0x4e570001     0       1      32         0  -\r\n"
                " 0x4e570001     2       2      64       576  -\r\n"
                " 0xffffffff     0       1      32         0  -\r\n" SHARES);
}

static void what_is_freed_is_all_of_one_and_nothing_of_others(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        char name[] = { (char)('a' + i), '\0' };
        keeps(1, 0, name);
        keeps(2, 0, name);
        keeps(1, 3, name);
    }
    assert_int_equal(writes(1, 0), OK);
    assert_int_equal(writes(2, 0), OK);
    assert_int_equal(writes(1, 3), OK);
    assert_int_equal(writes(5, 0), ERR_NOMEM); /* three have such storage */
    assert_says("0x1/3", "forget: 8 records of 0x1 are gone\r\n");
    assert_says(NULL, HEAD
                " 0x1            0       5     160       576  -\r\n"
                " 0x2            0       5     160       576  -\r\n" SHARES);
    assert_int_equal(writes(5, 0), OK);
    keeps(1, 3, "z");
    assert_says("0X1", "forget: 9 records of 0x1 are gone\r\n");
    assert_says(NULL, HEAD
                " 0x2            0       5     160       576  -\r\n"
                " 0x5            0       0       0       576  -\r\n" SHARES);
    fake_end();
    start(); /* and so it is after a restart */
    assert_says(NULL, HEAD
                " 0x2            0       5     160       576  -\r\n"
                " 0x5            0       0       0       576  -\r\n" SHARES);
}

static void what_is_no_order_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",      "1",           "0x",      "0x0",
        "x1",    "0x1g",        "0x1/",    "0x1/256",
        "0x1/a", "0x100000000", "0x1/1/1", "0x1@",
        "0x/1",  "all",         "0x1 ",    "0x1/4294967296",
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(wrong); i++)
        assert_string_equal(
            keeper_order(&keeper, wrong[i]),
            "usage: forget 0xSHORTID or 0xSHORTID/KEY, as `kept` shows them");
    running = 0x1F;
    assert_string_equal(keeper_order(&keeper, "0x1f"),
                        "its app runs: terminate or remove that first");
    assert_null(keeper_order(&keeper, NULL));
    assert_string_equal(keeper_order(&keeper, NULL), "still at work");
    assert_string_equal(keeper_order(&keeper, "0x1"), "still at work");
    settle();
    assert_null(keeper_order(&keeper, "0xffffffff/255"));
    settle();
    assert_int_equal(flash.programs, 0);
}

static void a_flash_that_fails_is_told(void **state)
{
    (void)state;
    keeps(1, 0, "a");
    keeps(1, 0, "b");
    flash.fails = true;
    assert_says("0x1",
                "forget: 0 records of 0x1 are gone; the flash fails\r\n");
    flash.fails = false;
    assert_says("0x1", "forget: 2 records of 0x1 are gone\r\n");
}

/* An app that asks meanwhile waits and is served. */
static void apps_are_served_before_and_after(void **state)
{
    (void)state;
    struct fake_upcall event;
    keeps(1, 0, "a");
    keeps(1, 0, "b");
    rights->id = 2;
    assert_null(keeper_order(&keeper, "0x1"));
    fake_settle(); /* its first removal is under way */
    fake_allow_rw(app, DRIVER_KV, 0, fake_space(app, 8), 8);
    fake_allow_ro(app, DRIVER_KV, 0, fake_text(app, "a"), 1);
    assert_success(fake_command(app, DRIVER_KV, 1, 0, 0));
    settle();
    assert_true(fake_upcall(app, &event));
    assert_int_equal(event.args[0], ERR_NOSUPPORT);
    assert_int_equal(writes(2, 0), OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(where_nothing_is_kept_nothing_is_listed),
        TEST(each_owner_has_a_line),
        TEST(what_is_freed_is_all_of_one_and_nothing_of_others),
        TEST(what_is_no_order_is_refused),
        TEST(a_flash_that_fails_is_told),
        TEST(apps_are_served_before_and_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

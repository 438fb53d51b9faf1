/* SPDX-License-Identifier: Apache-2.0 */
/* Nonvolatile storage, shared and isolated: two drivers over the same blocks, in
 * one region.
 * SOURCES: drivers/nonvolatile.c drivers/isolated.c drivers/blocks.c
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c drivers/turns.c
 * SOURCES: drivers/kept.c drivers/owners.c drivers/records.c tests/fake/kernel.c
 * SOURCES: pic/crc32.c */
#include <tests/fake/flash.h>
#include <tests/fake/storage.h>

#include <drivers/isolated.h>
#include <drivers/nonvolatile.h>

enum { SIZE = 1, READ, WRITE };
enum { SHARED_SIZE = 600, OWN_SIZE = 700 };

static struct fake_flash flash;
static struct fake_storage storage;
static uint32_t index_words[64];
static ALIGNED(4) uint8_t buffer[64];
static struct records_config config;
static struct kept kept;
static uint8_t block[BLOCK_SIZE], block2[BLOCK_SIZE];
static struct nonvolatile shared;
static struct isolated isolated;
static const struct driver table[] = {
    { DRIVER_NONVOLATILE, &nonvolatile_ops, &shared,
      &shared.blocks.driver.grant },
    { DRIVER_ISOLATED, &isolated_ops, &isolated,
      &isolated.blocks.driver.grant },
};
static struct process *a, *b;
static uint32_t in_a, out_a, in_b, out_b;

static void settle(void)
{
    fake_flash_close(&flash); /* an app has run */
    fake_flash_settle(&flash);
}

static void buffers(struct process *p, uint32_t *in, uint32_t *out)
{
    *in = fake_space(p, 800);
    *out = fake_space(p, 800);
    for (uint32_t i = 0; i < 800; i++)
        fake_bytes(p, *in)[i] = (uint8_t)(i * 7 + i / 256);
}

static void allow(struct process *p, uint32_t driver, uint32_t in,
                  uint32_t in_len, uint32_t out, uint32_t out_len)
{
    assert_int_equal(fake_allow_ro(p, driver, 0, in, in_len), OK);
    assert_int_equal(fake_allow_rw(p, driver, 0, out, out_len), OK);
}

static void start(void)
{
    memset(&kept, 0xA5, sizeof kept);
    shared = (struct nonvolatile){ 0 };
    isolated = (struct isolated){ 0 };
    storage = (struct fake_storage){ .authority = fake_storage_authority };
    config = (struct records_config){
        .flash = &flash.flash,
        .start = 2 * FAKE_FLASH_SECTOR,
        .sectors = 14,
        .value_max = BLOCK_SIZE,
        .index_size = ARRAY_COUNT(index_words),
        .index = index_words,
        .buffer = buffer,
        .buffer_size = sizeof buffer,
        .wake = kept_wake,
    };
    assert_int_equal(records_check(&config), OK);
    kept_init(&kept, &config, 5);
    nonvolatile_init(&shared, &kept, block, SHARED_SIZE);
    isolated_init(&isolated, &kept, block2, &storage.authority, OWN_SIZE, 2);
    fake_boot(table, 2);
    a = fake_process("a");
    b = fake_process("b");
    fake_storage_allow(&storage, a, 0xA);
    fake_storage_allow(&storage, b, 0xB);
    buffers(a, &in_a, &out_a);
    buffers(b, &in_b, &out_b);
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

/* ---- shared ---------------------------------------------------------------------- */

static struct sysret of_shared(struct process *p, uint32_t number, uint32_t at,
                               uint32_t len)
{
    return fake_command(p, DRIVER_NONVOLATILE, number, at, len);
}

static void shared_done(struct process *p, uint32_t event, uint32_t len)
{
    settle();
    assert_upcall(p, DRIVER_NONVOLATILE, event, len, 0, 0);
}

static void shared_storage_has_a_size_and_reads_as_ones(void **state)
{
    (void)state;
    assert_success(of_shared(a, 0, 0, 0));
    assert_u32(of_shared(a, SIZE, 0, 0), SHARED_SIZE);
    assert_failure(of_shared(a, 4, 0, 0), ERR_NOSUPPORT);
    assert_false(fake_settle_one());
    allow(a, DRIVER_NONVOLATILE, in_a, 800, out_a, 800);
    assert_success(of_shared(a, READ, 0, SHARED_SIZE));
    shared_done(a, 0, SHARED_SIZE);
    for (uint32_t i = 0; i < 800; i++)
        assert_int_equal(fake_bytes(a, out_a)[i], i < SHARED_SIZE ? 0xFF : 0);
}

static void what_one_app_writes_another_reads(void **state)
{
    (void)state;
    allow(a, DRIVER_NONVOLATILE, in_a, 512, 0, 0);
    allow(b, DRIVER_NONVOLATILE, 0, 0, out_b, 512);
    assert_success(of_shared(a, WRITE, 50, 512)); /* parts of three blocks */
    shared_done(a, 1, 512);
    fake_end();
    start();
    allow(b, DRIVER_NONVOLATILE, 0, 0, out_b, 800);
    assert_success(of_shared(b, READ, 49, 514));
    shared_done(b, 0, 514);
    assert_int_equal(fake_bytes(b, out_b)[0], 0xFF);
    assert_memory_equal(fake_bytes(b, out_b) + 1, fake_bytes(a, in_a), 512);
    assert_int_equal(fake_bytes(b, out_b)[513], 0xFF);
}

static void ranges_outside_and_missing_buffers_are_refused(void **state)
{
    (void)state;
    allow(a, DRIVER_NONVOLATILE, in_a, 800, out_a, 800);
    assert_failure(of_shared(a, READ, SHARED_SIZE, 0), ERR_INVAL);
    assert_failure(of_shared(a, READ, 0, SHARED_SIZE + 1), ERR_INVAL);
    assert_failure(of_shared(a, WRITE, SHARED_SIZE - 1, 2), ERR_INVAL);
    assert_failure(of_shared(a, WRITE, 1, UINT32_MAX), ERR_INVAL);
    assert_failure(of_shared(a, WRITE, UINT32_MAX, 2), ERR_INVAL);
    assert_success(of_shared(a, WRITE, SHARED_SIZE - 1, 1));
    assert_failure(of_shared(a, READ, 0, 1), ERR_NOMEM);
    shared_done(a, 1, 1);
    assert_success(of_shared(a, READ, 0, 0));
    shared_done(a, 0, 0);
    allow(a, DRIVER_NONVOLATILE, 0, 0, 0, 0);
    assert_failure(of_shared(a, READ, 0, 1), ERR_RESERVE);
    assert_failure(of_shared(a, WRITE, 0, 1), ERR_RESERVE);
    allow(a, DRIVER_NONVOLATILE, in_a, 3, out_a, 2);
    assert_success(of_shared(a, READ, 0, 100)); /* what fits */
    shared_done(a, 0, 2);
    assert_success(of_shared(a, WRITE, 0, 100));
    shared_done(a, 1, 3);
    struct process *c = fake_process("c");
    c->no_room = true;
    assert_failure(of_shared(c, READ, 0, 1), ERR_NOMEM);
}

static void each_write_takes_its_own_bytes(void **state)
{
    (void)state;
    memset(fake_bytes(b, in_b), 'b', 300);
    allow(a, DRIVER_NONVOLATILE, in_a, 300, out_a, 800);
    allow(b, DRIVER_NONVOLATILE, in_b, 300, 0, 0);
    assert_success(of_shared(a, WRITE, 0, 300));
    assert_success(of_shared(b, WRITE, 300, 300));
    memset(fake_bytes(b, in_b), 'B', 300); /* before its turn */
    settle();
    assert_upcall(a, DRIVER_NONVOLATILE, 1, 300, 0, 0);
    assert_upcall(b, DRIVER_NONVOLATILE, 1, 300, 0, 0);
    assert_success(of_shared(a, READ, 0, 600));
    shared_done(a, 0, 600);
    assert_memory_equal(fake_bytes(a, out_a), fake_bytes(a, in_a), 300);
    for (uint32_t i = 300; i < 600; i++)
        assert_int_equal(fake_bytes(a, out_a)[i], 'B');
}

static void the_event_says_how_far_it_came(void **state)
{
    (void)state;
    allow(a, DRIVER_NONVOLATILE, in_a, 600, out_a, 600);
    assert_success(of_shared(a, WRITE, 0, 600));
    fake_settle();
    fake_allow_ro(a, DRIVER_NONVOLATILE, 0, in_a, 300); /* in the middle */
    shared_done(a, 1, 256);
    assert_success(of_shared(a, READ, 0, 600));
    fake_allow_rw(a, DRIVER_NONVOLATILE, 0, 0, 0);
    shared_done(a, 0, 0);
    allow(a, DRIVER_NONVOLATILE, in_a, 600, out_a, 600);
    flash.fails = true;
    assert_success(of_shared(a, WRITE, 0, 600));
    shared_done(a, 1, 256); /* which is there already */
    flash.fails = false;
    assert_success(of_shared(a, WRITE, 0, 600));
    shared_done(a, 1, 600);
}

static void shared_storage_goes_on_after_a_death(void **state)
{
    (void)state;
    allow(a, DRIVER_NONVOLATILE, in_a, 600, 0, 0);
    allow(b, DRIVER_NONVOLATILE, 0, 0, out_b, 600);
    assert_success(of_shared(a, WRITE, 0, 600));
    assert_success(of_shared(b, READ, 0, 600));
    fake_settle();
    fake_flash_end(&flash);
    fake_die(a);
    a = fake_process("a");
    shared_done(b, 0, 600);
    assert_no_upcall(a);
    assert_failure(of_shared(a, WRITE, 0, 1), ERR_RESERVE);
}

/* ---- isolated ---------------------------------------------------------------------- */

static struct sysret of_isolated(struct process *p, uint32_t number,
                                 uint32_t at, uint32_t high)
{
    return fake_command(p, DRIVER_ISOLATED, number, at, high);
}

static void isolated_done(struct process *p, uint32_t event, err_t e,
                          uint32_t len)
{
    settle();
    assert_upcall(p, DRIVER_ISOLATED, event, e, len, 0);
}

static void each_app_has_storage_of_its_own(void **state)
{
    (void)state;
    assert_success(of_isolated(a, 0, 0, 0));
    assert_failure(of_isolated(a, 4, 0, 0), ERR_NOSUPPORT);
    assert_success(of_isolated(a, SIZE, 0, 0));
    isolated_done(a, 0, OK, OWN_SIZE);
    allow(a, DRIVER_ISOLATED, in_a, OWN_SIZE, out_a, OWN_SIZE);
    allow(b, DRIVER_ISOLATED, in_b, 10, out_b, OWN_SIZE);
    assert_success(of_isolated(a, WRITE, 0, 0));
    isolated_done(a, 2, OK, OWN_SIZE);
    assert_success(of_isolated(b, READ, 0, 0));
    isolated_done(b, 1, OK, OWN_SIZE);
    for (uint32_t i = 0; i < OWN_SIZE; i++)
        assert_int_equal(fake_bytes(b, out_b)[i], 0xFF);
    memset(fake_bytes(b, in_b), 'b', 10);
    assert_success(of_isolated(b, WRITE, OWN_SIZE - 10, 0));
    isolated_done(b, 2, OK, 10);
    fake_end();
    start();
    allow(a, DRIVER_ISOLATED, 0, 0, out_a, OWN_SIZE);
    allow(b, DRIVER_ISOLATED, 0, 0, out_b, 11);
    assert_success(of_isolated(a, READ, 0, 0));
    isolated_done(a, 1, OK, OWN_SIZE);
    assert_memory_equal(fake_bytes(a, out_a), fake_bytes(a, in_a), OWN_SIZE);
    assert_success(of_isolated(b, READ, OWN_SIZE - 11, 0));
    isolated_done(b, 1, OK, 11);
    assert_memory_equal(fake_bytes(b, out_b),
                        "\xFF"
                        "bbbbbbbbbb",
                        11);
}

static void an_app_without_rights_is_refused_at_once(void **state)
{
    (void)state;
    struct process *c = fake_process("c");
    for (uint32_t number = SIZE; number <= WRITE; number++)
        assert_failure(of_isolated(c, number, 0, 0), ERR_NOSUPPORT);
    fake_storage_allow(&storage, c, 0xC)->may_write = false;
    for (uint32_t number = SIZE; number <= WRITE; number++)
        assert_failure(of_isolated(c, number, 0, 0), ERR_NOSUPPORT);
    struct process *d = fake_process("d");
    d->no_room = true;
    assert_failure(of_isolated(d, SIZE, 0, 0), ERR_NOMEM);
}

/* As in Tock: the lists of the header are about other apps' data. */
static void the_right_to_write_is_all_that_it_takes(void **state)
{
    (void)state;
    struct process *c = fake_process("c");
    struct storage_rights *rights = fake_storage_allow(&storage, c, 0xC);
    rights->may_read = rights->may_modify = false;
    uint32_t at = fake_space(c, 8);
    allow(c, DRIVER_ISOLATED, at, 4, at + 4, 4);
    memcpy(fake_bytes(c, at), "mine", 4);
    for (uint32_t i = 0; i < 2; i++) { /* and change it */
        assert_success(of_isolated(c, WRITE, 0, 0));
        isolated_done(c, 2, OK, 4);
    }
    assert_success(of_isolated(c, READ, 0, 0));
    isolated_done(c, 1, OK, 4);
    assert_memory_equal(fake_bytes(c, at + 4), "mine", 4);
}

static void the_same_short_id_under_another_key_is_another(void **state)
{
    (void)state;
    allow(a, DRIVER_ISOLATED, in_a, 10, 0, 0);
    assert_success(of_isolated(a, WRITE, 0, 0));
    isolated_done(a, 2, OK, 10);
    storage.of[1].rights.id = 0xA;
    storage.of[1].rights.key = 1;
    allow(b, DRIVER_ISOLATED, 0, 0, out_b, 10);
    assert_success(of_isolated(b, READ, 0, 0));
    isolated_done(b, 1, OK, 10);
    assert_int_equal(fake_bytes(b, out_b)[0], 0xFF);
}

static void isolated_ranges_are_checked_in_the_event(void **state)
{
    (void)state;
    assert_success(of_isolated(a, READ, 0, 0));
    isolated_done(a, 1, ERR_RESERVE, 0);
    assert_success(of_isolated(a, WRITE, 0, 0));
    isolated_done(a, 2, ERR_RESERVE, 0);
    allow(a, DRIVER_ISOLATED, in_a, 10, out_a, 10);
    static const uint32_t bad[] = { OWN_SIZE - 9, OWN_SIZE, OWN_SIZE + 1,
                                    UINT32_MAX };
    for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_success(of_isolated(a, READ, bad[i], 0));
        isolated_done(a, 1, ERR_INVAL, 0);
        assert_success(of_isolated(a, WRITE, bad[i], 0));
        isolated_done(a, 2, ERR_INVAL, 0);
    }
    assert_success(of_isolated(a, READ, 0, 1));
    isolated_done(a, 1, ERR_INVAL, 0);
    assert_success(of_isolated(a, READ, OWN_SIZE - 10, 0));
    assert_failure(of_isolated(a, SIZE, 0, 0), ERR_BUSY);
    isolated_done(a, 1, OK, 10);
    allow(a, DRIVER_ISOLATED, in_a, 10, out_a, OWN_SIZE + 1);
    assert_success(of_isolated(a, READ, 0, 0));
    isolated_done(a, 1, ERR_INVAL, 0);
}

static void there_is_room_for_so_many_apps(void **state)
{
    (void)state;
    struct process *c = fake_process("c");
    fake_storage_allow(&storage, c, 0xC);
    assert_success(of_isolated(a, SIZE, 0, 0));
    isolated_done(a, 0, OK, OWN_SIZE);
    assert_success(of_isolated(b, SIZE, 0, 0));
    isolated_done(b, 0, OK, OWN_SIZE);
    assert_success(of_isolated(c, SIZE, 0, 0));
    isolated_done(c, 0, ERR_NOMEM, 0);
    /* All of what was promised fits, time and again. */
    allow(a, DRIVER_ISOLATED, in_a, OWN_SIZE, 0, 0);
    allow(b, DRIVER_ISOLATED, in_b, OWN_SIZE, 0, 0);
    allow(c, DRIVER_NONVOLATILE, 0, 0, 0, 0);
    for (uint32_t i = 0; i < 60; i++) {
        fake_bytes(a, in_a)[i] ^= 0xFF;
        fake_bytes(b, in_b)[i + 300] ^= 0xFF;
        assert_success(of_isolated(a, WRITE, 0, 0));
        isolated_done(a, 2, OK, OWN_SIZE);
        assert_success(of_isolated(b, WRITE, 0, 0));
        isolated_done(b, 2, OK, OWN_SIZE);
    }
    assert_true(flash.erases > 2);
}

static void isolated_buffers_may_vanish_and_apps_die(void **state)
{
    (void)state;
    allow(a, DRIVER_ISOLATED, in_a, 600, out_a, 600);
    allow(b, DRIVER_ISOLATED, in_b, 600, out_b, 600);
    assert_success(of_isolated(a, WRITE, 0, 0));
    assert_success(of_isolated(b, WRITE, 0, 0));
    fake_allow_ro(a, DRIVER_ISOLATED, 0, in_a, 599);
    settle();
    assert_upcall(a, DRIVER_ISOLATED, 2, ERR_RESERVE, 512, 0);
    assert_upcall(b, DRIVER_ISOLATED, 2, OK, 600, 0);
    assert_success(of_isolated(a, READ, 0, 0));
    assert_success(of_isolated(b, READ, 0, 0));
    fake_die(a);
    a = fake_process("a");
    isolated_done(b, 1, OK, 600);
    assert_no_upcall(a);
    flash.fails = true;
    fake_bytes(b, in_b)[0]++;
    assert_success(of_isolated(b, WRITE, 0, 0));
    isolated_done(b, 2, ERR_FAIL, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shared_storage_has_a_size_and_reads_as_ones),
        TEST(what_one_app_writes_another_reads),
        TEST(ranges_outside_and_missing_buffers_are_refused),
        TEST(each_write_takes_its_own_bytes),
        TEST(the_event_says_how_far_it_came),
        TEST(shared_storage_goes_on_after_a_death),
        TEST(each_app_has_storage_of_its_own),
        TEST(an_app_without_rights_is_refused_at_once),
        TEST(the_right_to_write_is_all_that_it_takes),
        TEST(the_same_short_id_under_another_key_is_another),
        TEST(isolated_ranges_are_checked_in_the_event),
        TEST(there_is_room_for_so_many_apps),
        TEST(isolated_buffers_may_vanish_and_apps_die),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

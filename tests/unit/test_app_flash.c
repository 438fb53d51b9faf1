/* SPDX-License-Identifier: Apache-2.0 */
/* The app-flash driver, on a store that is scripted.
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c drivers/turns.c
 * SOURCES: drivers/app_flash.c drivers/kept.c drivers/owners.c drivers/records.c pic/crc32.c
 * SOURCES: tests/fake/kernel.c */
#include <string.h>

#include <tests/fake/storage.h>

#include <drivers/app_flash.h>

enum { WRITE = 1, REGION = 0x20001000, REGION_AT = 0x5F80, SECTOR = 4096 };

/* ---- the store: one rewrite at a time, which ends when the test says so ------- */

static struct rewrite *queued;
static bool has_begun; /* it cannot be taken back any more */
static unsigned started;
static err_t refusal;
static uint8_t cells[0x8000];

err_t rewrite_start(struct store *store, struct rewrite *r)
{
    (void)store;
    assert_null(queued);
    assert_true(r->len != 0 && r->at / SECTOR == (r->at + r->len - 1) / SECTOR);
    if (refusal != OK)
        return refusal;
    queued = r;
    has_begun = false;
    started++;
    return OK;
}

bool rewrite_cancel(struct store *store, struct rewrite *r)
{
    (void)store;
    if (queued != r || has_begun)
        return false;
    queued = NULL;
    return true;
}

static void rewritten(err_t e)
{
    struct rewrite *r = queued;
    assert_non_null(r);
    queued = NULL;
    if (e == OK)
        memcpy(cells + r->at, r->bytes, r->len);
    r->done(r, e);
    fake_settle();
}

static void settle(void)
{
    fake_settle();
    while (queued != NULL)
        rewritten(OK);
}

/* ---- */

static struct fake_storage storage;
static uint8_t bytes[APP_FLASH_BYTES];
static struct app_flash driver;
static const struct driver table[] = {
    { DRIVER_APP_FLASH, &app_flash_ops, &driver, &driver.grant },
};
static struct process *a, *b;
static uint32_t in_a, in_b;

static struct sysret write_at(struct process *p, uint32_t address)
{
    return fake_command(p, DRIVER_APP_FLASH, WRITE, address, 0);
}

static uint32_t bytes_allow(struct process *p, uint32_t len)
{
    uint32_t at = fake_space(p, 800);
    for (uint32_t i = 0; i < 800; i++)
        fake_bytes(p, at)[i] = (uint8_t)(i * 3 + 1);
    assert_int_equal(fake_allow_ro(p, DRIVER_APP_FLASH, 0, at, len), OK);
    return at;
}

static int setup(void **state)
{
    (void)state;
    queued = NULL;
    started = 0;
    refusal = OK;
    memset(cells, 0xFF, sizeof cells);
    storage = (struct fake_storage){ .authority = fake_storage_authority,
                                     .from = REGION,
                                     .len = 700,
                                     .at = REGION_AT };
    driver = (struct app_flash){ 0 };
    app_flash_init(&driver, NULL, &storage.authority, SECTOR, bytes);
    fake_boot(table, 1);
    a = fake_process("a");
    b = fake_process("b");
    in_a = bytes_allow(a, 8);
    in_b = bytes_allow(b, 8);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void a_write_goes_to_the_region(void **state)
{
    (void)state;
    assert_success(fake_command(a, DRIVER_APP_FLASH, 0, 0, 0));
    assert_failure(fake_command(a, DRIVER_APP_FLASH, 2, 0, 0), ERR_NOSUPPORT);
    assert_success(write_at(a, REGION + 4));
    assert_failure(write_at(a, REGION + 4), ERR_NOMEM);
    settle();
    assert_upcall(a, DRIVER_APP_FLASH, 0, OK, 0, 0);
    assert_memory_equal(cells + REGION_AT + 4, fake_bytes(a, in_a), 8);
    assert_int_equal(cells[REGION_AT + 3], 0xFF);
    assert_int_equal(cells[REGION_AT + 12], 0xFF);
    assert_success(write_at(a, REGION + 700 - 8)); /* its last bytes */
    settle();
    assert_upcall(a, DRIVER_APP_FLASH, 0, OK, 0, 0);
}

static void long_writes_are_cut_at_sectors(void **state)
{
    (void)state;
    fake_allow_ro(a, DRIVER_APP_FLASH, 0, in_a, 700);
    assert_success(write_at(a, REGION));
    settle();
    assert_upcall(a, DRIVER_APP_FLASH, 0, OK, 0, 0);
    assert_memory_equal(cells + REGION_AT, fake_bytes(a, in_a), 700);
    assert_int_equal(started, 4); /* 128 to the sector's end, 256, 256, 60 */
}

static void what_is_not_in_a_region_is_refused(void **state)
{
    (void)state;
    assert_failure(write_at(a, REGION - 1), ERR_INVAL);
    assert_failure(write_at(a, REGION + 693), ERR_INVAL);
    assert_failure(write_at(a, REGION + 701), ERR_INVAL);
    assert_failure(write_at(a, 0), ERR_INVAL);
    assert_failure(write_at(a, UINT32_MAX), ERR_INVAL);
    fake_allow_ro(a, DRIVER_APP_FLASH, 0, 0, 0);
    assert_failure(write_at(a, REGION), ERR_RESERVE);
    struct process *c = fake_process("c");
    c->no_room = true;
    assert_failure(write_at(c, REGION), ERR_NOMEM);
    fake_settle();
    assert_int_equal(started, 0);
}

static void two_apps_take_turns(void **state)
{
    (void)state;
    fake_bytes(b, in_b)[0] = 99;
    assert_success(write_at(a, REGION));
    assert_success(write_at(b, REGION));
    fake_bytes(b, in_b)[0] = 98; /* before its turn */
    fake_settle();
    rewritten(OK);
    assert_upcall(a, DRIVER_APP_FLASH, 0, OK, 0, 0);
    assert_no_upcall(b);
    rewritten(OK);
    assert_upcall(b, DRIVER_APP_FLASH, 0, OK, 0, 0);
    assert_int_equal(cells[REGION_AT], 98);
}

static void errors_of_the_flash_are_told(void **state)
{
    (void)state;
    assert_success(write_at(a, REGION));
    fake_settle();
    rewritten(ERR_FAIL);
    assert_upcall(a, DRIVER_APP_FLASH, 0, ERR_FAIL, 0, 0);
    refusal = ERR_OFF;
    assert_success(write_at(a, REGION));
    fake_settle();
    assert_upcall(a, DRIVER_APP_FLASH, 0, ERR_OFF, 0, 0);
    refusal = OK;
    assert_success(write_at(a, REGION));
    settle();
    assert_upcall(a, DRIVER_APP_FLASH, 0, OK, 0, 0);
}

static void a_buffer_that_is_taken_back_ends_the_write(void **state)
{
    (void)state;
    fake_allow_ro(a, DRIVER_APP_FLASH, 0, in_a, 700);
    assert_success(write_at(a, REGION));
    fake_settle();
    fake_allow_ro(a, DRIVER_APP_FLASH, 0, in_a, 200);
    rewritten(OK);
    assert_upcall(a, DRIVER_APP_FLASH, 0, ERR_INVAL, 0, 0);
    assert_null(queued);
}

static void what_the_dead_wanted_is_not_begun(void **state)
{
    (void)state;
    assert_success(write_at(a, REGION));
    assert_success(write_at(b, REGION));
    fake_settle();
    fake_die(a); /* its flash may move now */
    a = fake_process("a");
    settle();
    assert_no_upcall(a);
    assert_upcall(b, DRIVER_APP_FLASH, 0, OK, 0, 0);
    assert_int_equal(started, 2);
    assert_success(write_at(b, REGION));
    fake_settle();
    has_begun = true;
    fake_die(b);
    rewritten(OK);
    assert_null(queued);
    bytes_allow(a, 8);
    assert_success(write_at(a, REGION));
    fake_die(a); /* while it waits */
    settle();
    assert_int_equal(started, 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_write_goes_to_the_region),
        TEST(long_writes_are_cut_at_sectors),
        TEST(what_is_not_in_a_region_is_refused),
        TEST(two_apps_take_turns),
        TEST(errors_of_the_flash_are_told),
        TEST(a_buffer_that_is_taken_back_ends_the_write),
        TEST(what_the_dead_wanted_is_not_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

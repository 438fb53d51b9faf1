/* SPDX-License-Identifier: Apache-2.0 */
/* The key-value driver. That its data outlives power cuts is shown by
 * tests/power/power_records.c.
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c drivers/turns.c
 * SOURCES: drivers/kv.c drivers/kept.c drivers/owners.c drivers/records.c tests/fake/kernel.c
 * SOURCES: pic/crc32.c */
#include <tests/fake/flash.h>
#include <tests/fake/storage.h>

#include <drivers/kv.h>

enum { GET = 1, SET, DELETE, ADD, UPDATE, COLLECT };

static struct fake_flash flash;
static struct fake_storage storage;
static uint32_t index_words[64];
static ALIGNED(4) uint8_t buffer[64];
static struct records_config config;
static struct owner owner_table[4];
static struct owners owners;
static bool has_shares; /* of start(): for two apps */
static struct kept kept;
static struct kv_bytes bytes;
static struct kv driver;
static const struct driver table[] = {
    { DRIVER_KV, &kv_ops, &driver, &driver.driver.grant },
};
static struct process *a, *b;
static struct storage_rights *rights_a, *rights_b;
static uint32_t out_a, out_b;

static void settle(void)
{
    fake_flash_close(&flash); /* an app has run */
    fake_flash_settle(&flash);
}

static void key_is(struct process *p, const char *key)
{
    assert_int_equal(fake_allow_ro(p, DRIVER_KV, 0, fake_text(p, key),
                                   (uint32_t)strlen(key)),
                     OK);
}

static void value_is(struct process *p, const char *value)
{
    assert_int_equal(fake_allow_ro(p, DRIVER_KV, 1, fake_text(p, value),
                                   (uint32_t)strlen(value)),
                     OK);
}

static struct sysret command(struct process *p, uint32_t number)
{
    return fake_command(p, DRIVER_KV, number, 0, 0);
}

/* A whole request; its status. */
static err_t request(struct process *p, uint32_t number)
{
    struct fake_upcall event;
    struct sysret r = command(p, number);
    assert_success(r);
    assert_no_upcall(p);
    settle();
    assert_true(fake_upcall(p, &event));
    assert_int_equal(event.driver, DRIVER_KV);
    assert_int_equal(event.number, 0);
    assert_int_equal(event.args[2], 0);
    if (number != GET)
        assert_int_equal(event.args[1], 0);
    return (err_t)event.args[0];
}

static err_t set(struct process *p, uint32_t number, const char *key,
                 const char *value)
{
    key_is(p, key);
    value_is(p, value);
    return request(p, number);
}

static void assert_value(struct process *p, uint32_t out, const char *key,
                         const char *value)
{
    uint32_t len = (uint32_t)strlen(value);
    key_is(p, key);
    assert_success(command(p, GET));
    settle();
    assert_upcall(p, DRIVER_KV, 0, OK, len, 0);
    assert_memory_equal(fake_bytes(p, out), value, len);
}

static void start(void)
{
    memset(&kept, 0xA5, sizeof kept);
    driver = (struct kv){ 0 };
    storage = (struct fake_storage){ .authority = fake_storage_authority };
    config = (struct records_config){
        .flash = &flash.flash,
        .sectors = 8,
        .value_max = KV_VALUE_MAX,
        .key_max = KV_KEY_MAX,
        .index_size = ARRAY_COUNT(index_words),
        .index = index_words,
        .buffer = buffer,
        .buffer_size = sizeof buffer,
        .wake = kept_wake,
    };
    /* A sector of 1 KiB holds but one value of that size. */
    config.value_max = 380;
    if (has_shares) {
        memset(owner_table, 0xA5, sizeof owner_table);
        config.owners = &owners;
    }
    assert_int_equal(records_check(&config), OK);
    kept_init(&kept, &config, 99);
    kv_init(&driver, &kept, &storage.authority, &bytes);
    fake_boot(table, 1);
    a = fake_process("a");
    b = fake_process("b");
    rights_a = fake_storage_allow(&storage, a, 0xA);
    rights_b = fake_storage_allow(&storage, b, 0xB);
    out_a = fake_space(a, KV_VALUE_MAX);
    out_b = fake_space(b, KV_VALUE_MAX);
    fake_allow_rw(a, DRIVER_KV, 0, out_a, KV_VALUE_MAX);
    fake_allow_rw(b, DRIVER_KV, 0, out_b, KV_VALUE_MAX);
}

static int setup(void **state)
{
    (void)state;
    fake_flash_make(&flash);
    has_shares = false;
    start();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void nothing_is_done_before_it_is_used(void **state)
{
    (void)state;
    assert_success(command(a, 0));
    assert_false(fake_settle_one());
    assert_failure(command(a, 7), ERR_NOSUPPORT);
}

static void a_key_has_the_value_it_was_set_to(void **state)
{
    (void)state;
    assert_int_equal(set(a, SET, "one", "1"), OK);
    assert_int_equal(set(a, SET, "two", "zwei"), OK);
    assert_int_equal(set(a, SET, "one", "eins"), OK);
    assert_value(a, out_a, "one", "eins");
    assert_value(a, out_a, "two", "zwei");
    assert_int_equal(set(a, SET, "two", ""), OK);
    assert_value(a, out_a, "two", "");
    key_is(a, "none");
    assert_int_equal(request(a, GET), ERR_NOSUPPORT);
    /* And after a restart of everything. */
    fake_end();
    start();
    assert_value(a, out_a, "one", "eins");
    assert_value(a, out_a, "two", "");
}

static void add_update_and_delete_ask_whether_it_exists(void **state)
{
    (void)state;
    assert_int_equal(set(a, UPDATE, "k", "1"), ERR_NOSUPPORT);
    assert_int_equal(request(a, DELETE), ERR_NOSUPPORT);
    assert_int_equal(set(a, ADD, "k", "2"), OK);
    assert_int_equal(set(a, ADD, "k", "3"), ERR_NOSUPPORT);
    assert_value(a, out_a, "k", "2");
    assert_int_equal(set(a, UPDATE, "k", "4"), OK);
    assert_value(a, out_a, "k", "4");
    assert_int_equal(request(a, DELETE), OK);
    assert_int_equal(request(a, DELETE), ERR_NOSUPPORT);
    assert_int_equal(request(a, GET), ERR_NOSUPPORT);
}

static void a_short_buffer_gets_what_fits_and_the_whole_length(void **state)
{
    (void)state;
    assert_int_equal(set(a, SET, "k", "0123456789"), OK);
    fake_allow_rw(a, DRIVER_KV, 0, out_a, 2);
    assert_success(command(a, GET));
    settle();
    assert_upcall(a, DRIVER_KV, 0, ERR_SIZE, 10, 0);
    assert_memory_equal(fake_bytes(a, out_a), "01\0", 3);
    fake_allow_rw(a, DRIVER_KV, 0, 0, 0);
    assert_success(command(a, GET));
    settle();
    assert_upcall(a, DRIVER_KV, 0, ERR_SIZE, 10, 0);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    uint32_t at = fake_space(a, KV_VALUE_MAX + 1);
    assert_failure(command(a, GET), ERR_RESERVE); /* no key */
    fake_allow_ro(a, DRIVER_KV, 0, at, KV_KEY_MAX + 1);
    for (uint32_t number = GET; number <= UPDATE; number++)
        assert_failure(command(a, number), ERR_SIZE);
    fake_allow_ro(a, DRIVER_KV, 0, at, KV_KEY_MAX);
    fake_allow_ro(a, DRIVER_KV, 1, at, KV_VALUE_MAX + 1);
    assert_failure(command(a, SET), ERR_SIZE);
    assert_failure(command(a, ADD), ERR_SIZE);
    assert_failure(command(a, UPDATE), ERR_SIZE);
    fake_allow_ro(a, DRIVER_KV, 1, at, 300);
    assert_int_equal(request(a, SET), OK); /* the longest key */
    fake_allow_rw(a, DRIVER_KV, 0, out_a, KV_VALUE_MAX);
    assert_success(command(a, GET));
    settle();
    assert_upcall(a, DRIVER_KV, 0, OK, 300, 0);
    assert_success(command(a, SET));
    assert_failure(command(a, GET), ERR_NOMEM); /* one at a time */
    settle();
    struct process *c = fake_process("c");
    key_is(c, "k");
    for (uint32_t number = GET; number <= COLLECT; number++)
        assert_failure(command(c, number), ERR_INVAL); /* no rights */
    struct process *d = fake_process("d");
    d->no_room = true;
    assert_failure(command(d, GET), ERR_NOMEM);
}

static void apps_do_not_see_each_others_keys(void **state)
{
    (void)state;
    assert_int_equal(set(a, SET, "k", "of a"), OK);
    key_is(b, "k");
    assert_int_equal(request(b, GET), ERR_NOSUPPORT);
    assert_int_equal(set(b, UPDATE, "k", "x"), ERR_NOSUPPORT);
    assert_int_equal(request(b, DELETE), ERR_NOSUPPORT);
    assert_int_equal(set(b, ADD, "k", "of b"), OK);
    assert_value(a, out_a, "k", "of a");
    assert_value(b, out_b, "k", "of b");
    /* The same ShortId under another key is another identity. */
    rights_b->id = 0xA;
    rights_b->key = 1;
    key_is(b, "k");
    assert_int_equal(request(b, GET), ERR_NOSUPPORT);
}

static void rights_over_others_reach_their_keys(void **state)
{
    (void)state;
    assert_int_equal(set(a, SET, "k", "of a"), OK);
    rights_b->read_ids[0] = 0xA;
    rights_b->reads = 1;
    assert_value(b, out_b, "k", "of a");
    assert_int_equal(set(b, SET, "k", "x"), ERR_NOSUPPORT);
    assert_int_equal(set(b, ADD, "k", "x"), ERR_NOSUPPORT);
    assert_int_equal(request(b, DELETE), ERR_NOSUPPORT);
    rights_b->modify_ids[0] = 0xA;
    rights_b->modifies = 1;
    assert_int_equal(set(b, ADD, "k", "x"), ERR_NOSUPPORT);
    assert_int_equal(set(b, SET, "k", "set by b"), OK);
    assert_value(a, out_a, "k", "set by b");
    assert_int_equal(set(b, UPDATE, "k", "again"), OK);
    assert_value(a, out_a, "k", "again");
    assert_int_equal(set(b, SET, "own", "1"), OK);
    key_is(a, "own");
    assert_int_equal(request(a, GET), ERR_NOSUPPORT);
    key_is(b, "k");
    assert_int_equal(request(b, DELETE), OK);
    key_is(a, "k");
    assert_int_equal(request(a, GET), ERR_NOSUPPORT);
}

static void rights_over_ones_own_may_be_missing(void **state)
{
    (void)state;
    rights_a->may_read = false;
    assert_int_equal(set(a, SET, "k", "1"), OK);
    assert_int_equal(request(a, GET), ERR_NOSUPPORT);
    rights_a->may_read = true;
    rights_a->may_modify = false;
    assert_int_equal(set(a, SET, "k", "2"), ERR_NOSUPPORT);
    assert_int_equal(set(a, UPDATE, "k", "2"), ERR_NOSUPPORT);
    assert_int_equal(request(a, DELETE), ERR_NOSUPPORT);
    assert_value(a, out_a, "k", "1");
    rights_a->may_modify = true;
    rights_a->may_write = false;
    assert_int_equal(set(a, SET, "new", "2"), ERR_NOSUPPORT);
    assert_int_equal(set(a, ADD, "new", "2"), ERR_NOSUPPORT);
    assert_int_equal(set(a, SET, "k", "3"), OK);
}

static void two_apps_take_turns(void **state)
{
    (void)state;
    key_is(a, "a");
    key_is(b, "b");
    value_is(a, "of a");
    value_is(b, "of b");
    assert_success(command(a, SET));
    assert_success(command(b, SET));
    fake_settle();
    while (a->queued == 0) {
        assert_no_upcall(b);
        fake_flash_end(&flash);
        fake_settle();
    }
    assert_upcall(a, DRIVER_KV, 0, OK, 0, 0);
    value_is(a, "again");
    assert_success(command(a, SET));
    settle();
    assert_upcall(b, DRIVER_KV, 0, OK, 0, 0);
    assert_upcall(a, DRIVER_KV, 0, OK, 0, 0);
    assert_value(a, out_a, "a", "again");
    assert_value(b, out_b, "b", "of b");
}

static void buffers_may_shrink_and_vanish_meanwhile(void **state)
{
    (void)state;
    assert_int_equal(set(a, SET, "k", "1"), OK);
    key_is(a, "k");
    assert_success(command(a, GET));
    fake_allow_ro(a, DRIVER_KV, 0, 0, 0);
    settle();
    assert_upcall(a, DRIVER_KV, 0, ERR_RESERVE, 0, 0);
    key_is(a, "k");
    value_is(a, "long value");
    assert_success(command(a, SET));
    fake_allow_ro(a, DRIVER_KV, 1, 0, 0);
    settle();
    assert_upcall(a, DRIVER_KV, 0, ERR_RESERVE, 0, 0);
    assert_value(a, out_a, "k", "1");
    value_is(a, "copied");
    assert_success(command(a, SET));
    fake_settle(); /* its turn has begun */
    fake_allow_ro(a, DRIVER_KV, 1, 0, 0);
    fake_allow_ro(a, DRIVER_KV, 0, 0, 0);
    settle();
    assert_upcall(a, DRIVER_KV, 0, OK, 0, 0);
    assert_value(a, out_a, "k", "copied");
    key_is(a, "k");
    value_is(a, "0");
    assert_success(command(a, SET));
    uint32_t at = fake_space(a, KV_VALUE_MAX + 1); /* longer: as asked for */
    fake_allow_ro(a, DRIVER_KV, 1, at, KV_VALUE_MAX + 1);
    settle();
    assert_upcall(a, DRIVER_KV, 0, OK, 0, 0);
    fake_allow_rw(a, DRIVER_KV, 0, out_a, KV_VALUE_MAX);
    assert_success(command(a, GET));
    settle();
    assert_upcall(a, DRIVER_KV, 0, OK, 1, 0);
}

static void the_death_of_an_app_lets_the_next_one_in(void **state)
{
    (void)state;
    key_is(a, "k");
    value_is(a, "of a");
    key_is(b, "k");
    value_is(b, "of b");
    assert_success(command(a, SET));
    assert_success(command(b, SET));
    fake_settle();
    fake_flash_end(&flash);
    fake_die(a); /* in the middle */
    a = fake_process("a");
    settle();
    assert_no_upcall(a);
    assert_upcall(b, DRIVER_KV, 0, OK, 0, 0);
    rights_a = fake_storage_allow(&storage, a, 0xA);
    out_a = fake_space(a, KV_VALUE_MAX);
    fake_allow_rw(a, DRIVER_KV, 0, out_a, KV_VALUE_MAX);
    assert_value(a, out_a, "k", "of a"); /* what has begun is finished */
    assert_success(command(a, GET));
    fake_die(a); /* while it waits */
    settle();
    assert_int_equal(set(b, SET, "k", "2"), OK);
}

static void a_full_store_refuses_and_has_room_again(void **state)
{
    (void)state;
    static char value[301];
    memset(value, 'v', 300);
    char key[] = "key 00";
    uint32_t count = 0;
    err_t e = OK;
    for (; e == OK; count++) {
        key[4] = (char)('0' + count / 10);
        key[5] = (char)('0' + count % 10);
        if (count % 8 == 0) { /* a life has so much memory only */
            fake_die(a);
            a = fake_process("a");
            rights_a = fake_storage_allow(&storage, a, 0xA);
            storage.count = 2;
            storage.of[0].pid = process_pid(a).handle;
        }
        e = set(a, SET, key, value);
    }
    assert_int_equal(e, ERR_NOMEM);
    assert_in_range(count, 9, 20);
    assert_int_equal(request(a, COLLECT), OK);
    assert_int_equal(set(b, SET, "k", value), ERR_NOMEM);
    key_is(a, "key 00");
    assert_int_equal(request(a, DELETE), OK);
    assert_int_equal(set(b, SET, "k", value), OK);
}

/* ---- what another kernel has kept ---------------------------------------------- */

static uint8_t long_value[KV_VALUE_MAX + 88];

static void long_put(struct records_client *client, err_t e)
{
    static uint8_t key[] = "k";
    const struct records_key name = { .type = KEPT_VALUE,
                                      .key_number = rights_a->key,
                                      .id = rights_a->id,
                                      .bytes = key,
                                      .len = 1 };
    (void)client;
    assert_int_equal(e, OK);
    assert_int_equal(
        records_put(&kept.records, &name, long_value, sizeof long_value), OK);
}

static void long_done(struct records_client *client, err_t e)
{
    assert_int_equal(e, OK);
    records_release(&kept.records, client);
}

/* Its values may be longer than ours: nothing behind our buffer is shown. */
static void a_value_longer_than_any_of_ours_is_not_read(void **state)
{
    (void)state;
    struct records_client other = { .turn = long_put, .done = long_done };
    uint32_t out = fake_space(a, sizeof long_value);
    config.value_max = sizeof long_value;
    assert_int_equal(records_wait(&kept.records, &other), OK);
    settle();
    fake_allow_rw(a, DRIVER_KV, 0, out, sizeof long_value);
    key_is(a, "k");
    assert_int_equal(request(a, GET), ERR_FAIL);
    assert_int_equal(set(a, SET, "k", "short"), OK);
    assert_value(a, out, "k", "short");
}

/* ---- shares: of each app three records, or 600 bytes of them ------------------- */

static void start_with_shares(uint16_t count)
{
    fake_end();
    owners = (struct owners){ .table = owner_table,
                              .max = count,
                              .share_records = 3,
                              .share_bytes = 600 };
    has_shares = true;
    start();
}

static void what_an_app_keeps_does_not_take_the_share_of_others(void **state)
{
    (void)state;
    start_with_shares(2);
    assert_int_equal(set(a, SET, "1", "x"), OK);
    assert_int_equal(set(a, SET, "2", "x"), OK);
    assert_int_equal(set(a, SET, "3", "x"), OK);
    assert_int_equal(set(a, SET, "4", "x"), ERR_NOMEM);
    assert_int_equal(set(a, ADD, "4", "x"), ERR_NOMEM);
    assert_int_equal(set(a, SET, "3", "another one"), OK);
    key_is(a, "1");
    assert_int_equal(request(a, DELETE), OK);
    assert_int_equal(set(a, SET, "4", "x"), OK);
    for (uint32_t i = 0; i < 3; i++) {
        char key[] = { (char)('1' + i), '\0' };
        assert_int_equal(set(b, ADD, key, "of b"), OK);
    }
    assert_int_equal(set(b, ADD, "4", "of b"), ERR_NOMEM);
}

static void a_share_has_so_many_bytes_too(void **state)
{
    (void)state;
    static char value[381];
    start_with_shares(2);
    memset(value, 'v', 380);
    assert_int_equal(set(a, SET, "1", value), OK); /* 16 + 384 */
    value[200] = '\0';
    assert_int_equal(set(a, SET, "2", value), ERR_NOMEM);
    value[175] = '\0';
    assert_int_equal(set(a, SET, "2", value), OK); /* 16 + 176 */
    assert_int_equal(set(a, SET, "3", ""), ERR_NOMEM);
    assert_int_equal(set(a, SET, "1", value), OK); /* shorter */
    assert_int_equal(set(a, SET, "3", ""), OK);
    /* And so it is after a restart. */
    fake_end();
    start();
    value[175] = 'v';
    value[200] = '\0';
    assert_int_equal(set(a, UPDATE, "1", value), OK);
    assert_int_equal(set(a, SET, "4", ""), ERR_NOMEM);
    assert_int_equal(set(b, SET, "4", ""), OK);
}

static void there_are_so_many_shares(void **state)
{
    (void)state;
    start_with_shares(2);
    struct process *c = fake_process("c");
    (void)fake_storage_allow(&storage, c, 0xC);
    assert_int_equal(set(a, SET, "1", "x"), OK);
    rights_b->id = 0xA;
    rights_b->key = 7; /* another identity, for all that */
    assert_int_equal(set(b, SET, "1", "x"), OK);
    assert_int_equal(set(c, SET, "1", "x"), ERR_NOMEM);
    assert_int_equal(set(b, SET, "2", "x"), OK);
    key_is(b, "1");
    assert_int_equal(request(b, DELETE), OK);
    assert_int_equal(set(c, SET, "1", "x"), ERR_NOMEM);
    key_is(b, "2");
    assert_int_equal(request(b, DELETE), OK); /* it keeps nothing any more */
    assert_int_equal(set(c, SET, "1", "x"), OK);
    assert_int_equal(set(b, SET, "1", "x"), ERR_NOMEM);
}

static void what_others_change_counts_for_whose_it_is(void **state)
{
    (void)state;
    static char value[381];
    start_with_shares(2);
    memset(value, 'v', 380);
    assert_int_equal(set(a, SET, "1", "x"), OK);
    assert_int_equal(set(a, SET, "2", value), OK);
    rights_b->modify_ids[0] = 0xA;
    rights_b->modifies = 1;
    assert_int_equal(set(b, UPDATE, "1", value), ERR_NOMEM);
    value[100] = '\0';
    assert_int_equal(set(b, UPDATE, "1", value), OK);
    assert_int_equal(set(b, SET, "own", value), OK);
}

/* A board whose next kernel promises to fewer: who has no share reads, changes
 * and deletes what there is, and has one as soon as there is. */
static void who_has_no_share_any_more_loses_nothing(void **state)
{
    (void)state;
    start_with_shares(2);
    for (uint32_t i = 0; i < 3; i++) {
        char key[] = { (char)('1' + i), '\0' };
        assert_int_equal(set(a, SET, key, "of a"), OK);
        assert_int_equal(set(b, SET, key, "of b"), OK);
    }
    start_with_shares(1);
    for (uint32_t i = 0; i < 3; i++) {
        char key[] = { (char)('1' + i), '\0' };
        assert_value(a, out_a, key, "of a");
        assert_value(b, out_b, key, "of b");
        assert_int_equal(set(a, SET, key, "new!"), OK); /* no longer */
        assert_int_equal(set(b, SET, key, "new!"), OK);
    }
    assert_int_equal(set(a, SET, "4", "x"), ERR_NOMEM);
    assert_int_equal(set(b, SET, "4", "x"), ERR_NOMEM);
    for (uint32_t i = 0; i < 3; i++) {
        char key[] = { (char)('1' + i), '\0' };
        key_is(a, key);
        assert_int_equal(request(a, DELETE), OK);
    }
    assert_int_equal(set(b, SET, "4", "x"), ERR_NOMEM); /* it has three */
    assert_int_equal(set(a, SET, "1", "x"), ERR_NOMEM);
    key_is(b, "1");
    assert_int_equal(request(b, DELETE), OK);
    assert_int_equal(set(b, SET, "4", "x"), OK);
    assert_int_equal(set(b, SET, "5", "x"), ERR_NOMEM);
}

static void shares_that_cannot_be_are_refused(void **state)
{
    (void)state;
    start_with_shares(4);
    assert_int_equal(records_check(&config), OK);
    owners.max = 30;
    assert_int_equal(records_check(&config), ERR_INVAL);
    owners.max = 4;
    owners.share_records = 15; /* 4 * 15 > 56 */
    assert_int_equal(records_check(&config), ERR_INVAL);
    owners.share_records = 0;
    assert_int_equal(records_check(&config), ERR_INVAL);
    owners.share_records = 14;
    owners.share_bytes = 400; /* less than the longest */
    assert_int_equal(records_check(&config), ERR_INVAL);
    owners.share_bytes = 600;
    owners.max = 0;
    assert_int_equal(records_check(&config), ERR_INVAL);
}

static void a_flash_that_fails_is_told_and_tried_again(void **state)
{
    (void)state;
    assert_int_equal(set(a, SET, "k", "1"), OK);
    flash.fails = true;
    assert_int_equal(set(a, SET, "k", "2"), ERR_FAIL);
    flash.fails = false;
    assert_value(a, out_a, "k", "1");
    assert_int_equal(set(a, SET, "k", "3"), OK);
    assert_value(a, out_a, "k", "3");
}

static void a_damaged_value_is_an_error_not_a_value(void **state)
{
    (void)state;
    assert_int_equal(set(a, SET, "k", "undamaged"), OK);
    for (uint32_t at = 0; at < FAKE_FLASH_SIZE; at++)
        if (memcmp(flash.cells + at, "undamaged", 9) == 0)
            flash.cells[at] &= 0xFE;
    assert_int_equal(request(a, GET), ERR_FAIL);
    assert_int_equal(set(a, SET, "k", "undamaged"), OK);
    assert_value(a, out_a, "k", "undamaged");
}

static void a_second_life_is_told_nothing_of_the_first(void **state)
{
    (void)state;
    key_is(a, "k");
    value_is(a, "1");
    assert_success(command(a, SET));
    fake_die(a);
    a = fake_process("a");
    fake_storage_allow(&storage, a, 0xA);
    settle();
    assert_no_upcall(a);
    assert_failure(command(a, GET), ERR_RESERVE); /* no buffer of then */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_done_before_it_is_used),
        TEST(a_key_has_the_value_it_was_set_to),
        TEST(add_update_and_delete_ask_whether_it_exists),
        TEST(a_short_buffer_gets_what_fits_and_the_whole_length),
        TEST(what_makes_no_sense_is_refused),
        TEST(apps_do_not_see_each_others_keys),
        TEST(rights_over_others_reach_their_keys),
        TEST(rights_over_ones_own_may_be_missing),
        TEST(two_apps_take_turns),
        TEST(buffers_may_shrink_and_vanish_meanwhile),
        TEST(the_death_of_an_app_lets_the_next_one_in),
        TEST(a_full_store_refuses_and_has_room_again),
        TEST(a_value_longer_than_any_of_ours_is_not_read),
        TEST(what_an_app_keeps_does_not_take_the_share_of_others),
        TEST(a_share_has_so_many_bytes_too),
        TEST(there_are_so_many_shares),
        TEST(what_others_change_counts_for_whose_it_is),
        TEST(who_has_no_share_any_more_loses_nothing),
        TEST(shares_that_cannot_be_are_refused),
        TEST(a_flash_that_fails_is_told_and_tried_again),
        TEST(a_damaged_value_is_an_error_not_a_value),
        TEST(a_second_life_is_told_nothing_of_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

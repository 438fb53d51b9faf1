/* SPDX-License-Identifier: Apache-2.0 */
/* The drivers that keep data against a model: three apps ask at random, for values by
 * key, for isolated and for shared bytes, 100,000 times in all (FULL=1: ten
 * times that); and the power is cut at random operations of the flash, which
 * then is half done. What was under way is as before or as after, of bytes each
 * block; all else is there, and no app has what is another's.
 * SOURCES: drivers/kv.c drivers/isolated.c drivers/nonvolatile.c drivers/blocks.c
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c drivers/turns.c
 * SOURCES: drivers/kept.c drivers/owners.c drivers/records.c
 * SOURCES: chips/common/flash_mux.c tests/fake/kernel.c
 * SOURCES: pic/crc32.c */
#include <stdio.h>
#include <stdlib.h>

#include <tests/fake/flash.h>
#include <tests/fake/storage.h>

#include <chips/common/flash_mux.h>
#include <drivers/isolated.h>
#include <drivers/kv.h>
#include <drivers/nonvolatile.h>

#define APPS 3u
#define KEYS 20u
#define VALUE_MAX 200u
#define SHARE_RECORDS 18u
#define SHARE_BYTES 1800u
#define BYTES 512u /* of isolated storage, and of shared */
#define SECTORS (FAKE_FLASH_SIZE / FAKE_FLASH_SECTOR)

/* ---- the system -------------------------------------------------------------------- */

static struct fake_flash flash;
static struct flash_mux flash_mux;
static struct flash_port ports[2];
static struct fake_storage storage;
static struct owner owner_table[APPS];
static struct owners owners = {
    .table = owner_table,
    .max = APPS,
    .share_records = SHARE_RECORDS,
    .share_bytes = SHARE_BYTES,
};
static uint32_t index_words[2][64];
static ALIGNED(4) uint8_t buffers[2][64];
static struct records_config configs[2];
static struct kept kept[2];
static struct kv_bytes kv_bytes;
static uint8_t blocks[2][BLOCK_SIZE];
static struct kv kv;
static struct isolated isolated;
static struct nonvolatile shared;
static const struct driver table[] = {
    { DRIVER_KV, &kv_ops, &kv, &kv.driver.grant },
    { DRIVER_ISOLATED, &isolated_ops, &isolated,
      &isolated.blocks.driver.grant },
    { DRIVER_NONVOLATILE, &nonvolatile_ops, &shared,
      &shared.blocks.driver.grant },
};
static struct app {
    struct process *p;
    uint32_t key, in, out; /* in its memory */
} apps[APPS];
static uint32_t wear[SECTORS], chance = 1, cuts;

static uint32_t random_below(uint32_t n)
{
    chance ^= chance << 13;
    chance ^= chance >> 17;
    chance ^= chance << 5;
    return chance % n;
}

static void boot(void)
{
    memset(&flash_mux, 0, sizeof flash_mux);
    memset(ports, 0, sizeof ports);
    flash_mux_init(&flash_mux, &flash.flash, ports, 2);
    for (uint32_t i = 0; i < 2; i++) {
        configs[i] = (struct records_config){
            .flash = &ports[i].flash,
            .start = i * 8 * FAKE_FLASH_SECTOR,
            .sectors = 8,
            .value_max = i == 0 ? VALUE_MAX : BLOCK_SIZE,
            .key_max = i == 0 ? 8 : 0,
            .index_size = 64,
            .index = index_words[i],
            .buffer = buffers[i],
            .buffer_size = sizeof buffers[i],
            .owners = i == 0 ? &owners : NULL,
            .wake = kept_wake,
        };
        assert_int_equal(records_check(&configs[i]), OK);
        kept_init(&kept[i], &configs[i], random_below(~0u));
    }
    kv = (struct kv){ 0 };
    isolated = (struct isolated){ 0 };
    shared = (struct nonvolatile){ 0 };
    storage = (struct fake_storage){ .authority = fake_storage_authority };
    kv_init(&kv, &kept[0], &storage.authority, &kv_bytes);
    isolated_init(&isolated, &kept[1], blocks[0], &storage.authority, BYTES,
                  APPS);
    nonvolatile_init(&shared, &kept[1], blocks[1], BYTES);
    fake_boot(table, ARRAY_COUNT(table));
    for (uint32_t i = 0; i < APPS; i++) {
        struct app *a = &apps[i];
        a->p = fake_process("app");
        (void)fake_storage_allow(&storage, a->p, 0xA0 + i);
        a->key = fake_space(a->p, 8);
        a->in = fake_space(a->p, BYTES);
        a->out = fake_space(a->p, BYTES);
    }
}

/* The operation under way is done for a part. */
static void tear(void)
{
    uint32_t done = random_below(flash.len + 1);
    flash.is_busy = false;
    fake_flash_open(&flash);
    for (uint32_t i = 0; i < flash.len && i <= done; i++) {
        uint8_t left = i == done ? (uint8_t)random_below(256) : 0;
        flash.cells[flash.at + i] &= (uint8_t)(flash.bytes[i] | left);
    }
    for (uint32_t i = 0; flash.len == 0 && i < FAKE_FLASH_SECTOR; i++)
        if (random_below(2) == 0)
            flash.cells[flash.at + i] = 0xFF;
}

/* All that is under way ends, or is cut off at that operation of the flash: false
 * then, and the system has booted anew. */
static bool settle(uint32_t cut_at)
{
    fake_settle();
    for (; flash.is_busy; cut_at--) {
        if (cut_at == 0) {
            tear();
            cuts++;
            fake_end();
            boot();
            return false;
        }
        wear[flash.at / FAKE_FLASH_SECTOR] += flash.len == 0;
        fake_flash_end(&flash);
        fake_settle();
    }
    return true;
}

/* ---- the model --------------------------------------------------------------------- */

struct value {
    bool is_there;
    uint32_t len, seed;
};

static struct value values[APPS][KEYS];
static uint8_t own[APPS][BYTES], all[BYTES];

static uint8_t byte_of(uint32_t seed, uint32_t i)
{
    return (uint8_t)((seed * 0x9E3779B1u >> i % 24) + i);
}

static uint32_t record_bytes(uint32_t n, const struct value *v)
{
    return v->is_there ? 16 + ((1 + n % 8 + v->len + 15) & ~15u) : 0;
}

/* Has that app's share room for it? */
static bool has_share(uint32_t who, uint32_t n, const struct value *v)
{
    uint32_t count = 0, bytes = 0;
    uint32_t old = record_bytes(n, &values[who][n]);
    for (uint32_t i = 0; i < KEYS; i++) {
        count += values[who][i].is_there;
        bytes += record_bytes(i, &values[who][i]);
    }
    return (old != 0 && record_bytes(n, v) <= old) ||
           (bytes - old + record_bytes(n, v) <= SHARE_BYTES &&
            (old != 0 || count < SHARE_RECORDS));
}

/* ---- requests ------------------------------------------------------------------------ */

enum { KV_GET = 1, KV_SET, KV_DELETE };

static void key_is(const struct app *a, uint32_t n)
{
    memset(fake_bytes(a->p, a->key), (int)('a' + n), 8);
    fake_allow_ro(a->p, DRIVER_KV, 0, a->key, 1 + n % 8);
}

static void value_is(uint32_t who, uint32_t n, const struct value *v)
{
    const struct app *a = &apps[who];
    struct fake_upcall event;
    key_is(a, n);
    fake_allow_rw(a->p, DRIVER_KV, 0, a->out, VALUE_MAX);
    assert_success(fake_command(a->p, DRIVER_KV, KV_GET, 0, 0));
    assert_true(settle(~0u));
    assert_true(fake_upcall(a->p, &event));
    assert_int_equal(event.args[0], v->is_there ? OK : ERR_NOSUPPORT);
    if (!v->is_there)
        return;
    assert_int_equal(event.args[1], v->len);
    for (uint32_t i = 0; i < v->len; i++)
        assert_int_equal(fake_bytes(a->p, a->out)[i], byte_of(v->seed, i));
}

/* What the cut has made of it: one of the two. */
static void value_settle(uint32_t who, uint32_t n, const struct value *other)
{
    const struct app *a = &apps[who];
    struct fake_upcall event;
    key_is(a, n);
    fake_allow_rw(a->p, DRIVER_KV, 0, a->out, VALUE_MAX);
    assert_success(fake_command(a->p, DRIVER_KV, KV_GET, 0, 0));
    assert_true(settle(~0u));
    assert_true(fake_upcall(a->p, &event));
    bool is_there = event.args[0] == OK;
    uint8_t first = fake_bytes(a->p, a->out)[0];
    struct value *v = &values[who][n];
    if (is_there == other->is_there &&
        (!is_there || (event.args[1] == other->len &&
                       (other->len == 0 || first == byte_of(other->seed, 0)))))
        *v = *other;
    value_is(who, n, v);
}

static void change(uint32_t who, uint32_t n, uint32_t cut_at)
{
    const struct app *a = &apps[who];
    struct fake_upcall event;
    struct value v = { random_below(4) != 0, random_below(VALUE_MAX + 1),
                       random_below(1000) };
    key_is(a, n);
    for (uint32_t i = 0; i < v.len; i++)
        fake_bytes(a->p, a->in)[i] = byte_of(v.seed, i);
    fake_allow_ro(a->p, DRIVER_KV, 1, a->in, v.len);
    assert_success(
        fake_command(a->p, DRIVER_KV, v.is_there ? KV_SET : KV_DELETE, 0, 0));
    if (!settle(cut_at)) {
        value_settle(who, n, &v);
        return;
    }
    assert_true(fake_upcall(a->p, &event));
    err_t want = OK;
    if (!v.is_there && !values[who][n].is_there)
        want = ERR_NOSUPPORT;
    else if (v.is_there && !has_share(who, n, &v))
        want = ERR_NOMEM;
    assert_int_equal(event.args[0], want);
    if (want == OK)
        values[who][n] = v;
}

static void bytes_read(uint32_t who, uint32_t driver, uint8_t *to)
{
    const struct app *a = &apps[who];
    struct fake_upcall event;
    fake_allow_rw(a->p, driver, 0, a->out, BYTES);
    assert_success(fake_command(a->p, driver, 2, 0,
                                driver == DRIVER_ISOLATED ? 0 : BYTES));
    assert_true(settle(~0u));
    assert_true(fake_upcall(a->p, &event));
    assert_int_equal(event.args[driver == DRIVER_ISOLATED], BYTES);
    memcpy(to, fake_bytes(a->p, a->out), BYTES);
}

static void bytes_are(uint32_t who, uint32_t driver, const uint8_t *model)
{
    uint8_t is[BYTES];
    bytes_read(who, driver, is);
    assert_memory_equal(is, model, BYTES);
}

static void bytes_write(uint32_t who, uint32_t driver, uint8_t *model,
                        uint32_t cut_at)
{
    const struct app *a = &apps[who];
    struct fake_upcall event;
    uint8_t after[BYTES], is[BYTES];
    uint32_t from = random_below(BYTES);
    uint32_t len = 1 + random_below(BYTES - from), seed = random_below(1000);
    memcpy(after, model, BYTES);
    for (uint32_t i = 0; i < len; i++)
        after[from + i] = fake_bytes(a->p, a->in)[i] = byte_of(seed, i);
    fake_allow_ro(a->p, driver, 0, a->in, len);
    assert_success(fake_command(a->p, driver, 3, from,
                                driver == DRIVER_ISOLATED ? 0 : len));
    if (settle(cut_at)) {
        assert_true(fake_upcall(a->p, &event));
        assert_int_equal(event.args[driver == DRIVER_ISOLATED], len);
        memcpy(model, after, BYTES);
        return;
    }
    bytes_read(who, driver, is);
    for (uint32_t at = 0; at < BYTES; at += BLOCK_SIZE)
        if (memcmp(is + at, model + at, BLOCK_SIZE) != 0)
            assert_memory_equal(is + at, after + at, BLOCK_SIZE);
    memcpy(model, is, BYTES);
}

/* ---- the walk -------------------------------------------------------------------------- */

static void everything_is_there(void)
{
    for (uint32_t who = 0; who < APPS; who++) {
        for (uint32_t n = 0; n < KEYS; n++)
            value_is(who, n, &values[who][n]);
        bytes_are(who, DRIVER_ISOLATED, own[who]);
        bytes_are(who, DRIVER_NONVOLATILE, all);
    }
}

static void print_wear(uint32_t operations)
{
    static const char *const names[] = { "key-value", "blocks" };
    for (uint32_t region = 0; region < 2; region++) {
        uint32_t least = ~0u, most = 0, total = 0;
        for (uint32_t i = 8 * region; i < 8 * region + 8; i++) {
            least = wear[i] < least ? wear[i] : least;
            most = wear[i] > most ? wear[i] : most;
            total += wear[i];
        }
        printf("    %s: %u operations of %u apps, %u cuts in all; capacity %u "
               "of %u bytes; %u erases, each sector %u to %u\n",
               names[region], (unsigned)operations, APPS, (unsigned)cuts,
               (unsigned)kept[region].records.capacity, 8 * FAKE_FLASH_SECTOR,
               (unsigned)total, (unsigned)least, (unsigned)most);
    }
}

static void what_three_apps_keep_is_what_the_model_says(void **state)
{
    (void)state;
    const char *full = getenv("FULL");
    uint32_t operations = full != NULL && *full != '\0' ? 1000000 : 100000;
    fake_flash_make(&flash);
    boot();
    memset(own, 0xFF, sizeof own);
    memset(all, 0xFF, sizeof all);
    for (uint32_t i = 0; i < operations; i++) {
        uint32_t who = random_below(APPS), what = random_below(8);
        uint32_t n = random_below(KEYS);
        uint32_t cut_at = random_below(16) == 0 ? random_below(12) : ~0u;
        if (what < 4)
            change(who, n, cut_at);
        else if (what == 4)
            value_is(who, n, &values[who][n]);
        else if (what == 5)
            bytes_write(who, DRIVER_NONVOLATILE, all, cut_at);
        else if (what == 6)
            bytes_write(who, DRIVER_ISOLATED, own[who], cut_at);
        else
            bytes_are(who, DRIVER_ISOLATED, own[who]);
        if (i % 500 == 0)
            everything_is_there();
    }
    everything_is_there();
    print_wear(operations);
    assert_true(cuts > operations / 100);
    fake_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_three_apps_keep_is_what_the_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

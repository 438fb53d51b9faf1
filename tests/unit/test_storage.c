/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what with kept data.
 * SOURCES: loader/storage.c loader/identity.c pic/tbf.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kernel/flash_hold.h>
#include <kernel/process_admin.h>
#include <loader/checker.h>
#include <loader/storage.h>

/* ---- an app in flash ---------------------------------------------------------------- */

enum { SIZE = 4096, APP = 512 };

static uint8_t cells[SIZE];
static const struct flash_geometry geometry = { .size = SIZE };
static const struct flash flash = { .geometry = &geometry, .base = cells };
static struct storage_policy policy;
static uint32_t opened, key;

void flash_open(void)
{
    opened++;
}

/* Handle 1 is the app; no other lives. */
uint32_t process_flash(pid_handle_t pid)
{
    return pid.handle == 1 ? (uint32_t)(uintptr_t)cells + APP : 0;
}

/* It sees its flash there. */
#define SEEN 0x06000000u

uint32_t process_lies(pid_handle_t pid, uint32_t address)
{
    return pid.handle == 1 ? address - SEEN : 0;
}

static uint32_t key_of(pid_handle_t pid)
{
    assert_int_equal(pid.handle, 1);
    return key;
}

static uint8_t *put16(uint8_t *p, uint32_t n)
{
    p[0] = (uint8_t)n;
    p[1] = (uint8_t)(n >> 8);
    return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t n)
{
    return put16(put16(p, n), n >> 16);
}

static uint8_t *put_tlv(uint8_t *p, uint32_t type, uint32_t len)
{
    return put16(put16(p, type), len);
}

/* A storage payload; lists end with 0. Its length. */
static uint32_t payload_make(uint8_t *to, uint32_t write_id,
                             const uint32_t *reads, const uint32_t *modifies)
{
    uint8_t *p = put32(to, write_id);
    for (int list = 0; list < 2; list++) {
        const uint32_t *ids = list == 0 ? reads : modifies;
        uint32_t count = 0;
        while (ids[count] != 0)
            count++;
        p = put16(p, count);
        for (uint32_t i = 0; i < count; i++)
            p = put32(p, ids[i]);
    }
    return (uint32_t)(p - to);
}

/* With two writeable regions, of 64 and 32 bytes. */
static void app_make(uint32_t short_id, const uint8_t *payload, uint32_t len)
{
    uint8_t *base = cells + APP, *p = base + 16;
    memset(cells, 0xFF, sizeof cells);
    p = put32(put32(put32(put_tlv(p, 1, 12), 0), 0), 256);
    p = put32(put32(put_tlv(p, 2, 16), 512), 64);
    p = put32(put32(p, 1000), 32);
    p = put32(put_tlv(p, 10, 4), short_id);
    if (payload != NULL) {
        p = put_tlv(p, 7, len);
        memcpy(p, payload, len);
        p += (len + 3) / 4 * 4;
    }
    uint32_t header = (uint32_t)(p - base), sum = 0;
    put32(put32(put32(base, 2 | header << 16), 1032), 1);
    for (uint32_t i = 0; i < header; i += 4)
        if (i != 12)
            sum ^= base[i] | (uint32_t)base[i + 1] << 8 |
                   (uint32_t)base[i + 2] << 16 | (uint32_t)base[i + 3] << 24;
    put32(base + 12, sum);
}

static bool rights_of(uint32_t handle, struct storage_rights *r)
{
    return policy.authority.rights(&policy.authority, handle, r);
}

static int setup(void **state)
{
    (void)state;
    key = 0;
    memset(&policy, 0, sizeof policy);
    storage_policy_init(&policy, IDENTITY_BY_HEADER, &flash, NULL);
    return 0;
}

/* ---- */

static void without_an_entry_an_app_has_its_own_data(void **state)
{
    (void)state;
    struct storage_rights r;
    app_make(0x1234, NULL, 0);
    assert_true(rights_of(1, &r));
    assert_int_equal(r.id, 0x1234);
    assert_int_equal(r.key, 0);
    assert_true(r.may_write && r.may_read && r.may_modify);
    assert_int_equal(r.reads + r.modifies, 0);
    assert_false(rights_of(2, &r)); /* no such process */
    app_make(0, NULL, 0);
    assert_false(rights_of(1, &r)); /* no fixed ShortId */
    assert_true(opened > 0);
}

static void an_entry_takes_rights_away(void **state)
{
    (void)state;
    struct storage_rights r;
    uint8_t bytes[64];
    static const uint32_t none[] = { 0 }, own[] = { 0x1234, 0 },
                          alias[] = { 77, 0 };
    uint32_t len = payload_make(bytes, 0, none, none);
    app_make(0x1234, bytes, len);
    assert_false(rights_of(1, &r));
    len = payload_make(bytes, 77, none, none);
    assert_true(storage_rights_make(&r, 0x1234, 0, bytes, len));
    assert_true(r.may_write && !r.may_read && !r.may_modify);
    len = payload_make(bytes, 0, own, none);
    assert_true(storage_rights_make(&r, 0x1234, 0, bytes, len));
    assert_true(!r.may_write && r.may_read && !r.may_modify);
    len = payload_make(bytes, 77, none, alias);
    assert_true(storage_rights_make(&r, 0x1234, 0, bytes, len));
    assert_true(r.may_write && !r.may_read && r.may_modify);
}

static void others_ids_count_only_for_the_accepted(void **state)
{
    (void)state;
    struct storage_rights r;
    uint8_t bytes[64];
    static const uint32_t reads[] = { 5, 0x1234, 6, 0 }, modifies[] = { 6, 0 };
    uint32_t len = payload_make(bytes, 1, reads, modifies);
    app_make(0x1234, bytes, len);
    policy.key_of = key_of;
    assert_true(rights_of(1, &r));
    assert_true(r.may_write && r.may_read && !r.may_modify);
    assert_int_equal(r.reads + r.modifies, 0);
    key = 3;
    assert_true(rights_of(1, &r));
    assert_int_equal(r.key, 3);
    assert_int_equal(r.reads, 2);
    assert_int_equal(r.read_ids[0], 5);
    assert_int_equal(r.read_ids[1], 6);
    assert_int_equal(r.modifies, 1);
    assert_int_equal(r.modify_ids[0], 6);
    key = CHECK_KEY_OF_NOBODY; /* a hash, which anybody makes */
    assert_true(rights_of(1, &r));
    assert_true(r.may_write && r.may_read && !r.may_modify);
    assert_int_equal(r.reads + r.modifies, 0);
}

static void zeros_and_repeated_ids_give_nothing_more(void **state)
{
    (void)state;
    struct storage_rights r;
    uint8_t bytes[128], *p = put16(put32(bytes, 0x1234), 12);
    for (uint32_t i = 0; i < 12; i++)
        p = put32(p, i < 10 ? 5 : (i - 10) * 0x1234); /* 0, and its own */
    p = put32(put16(p, 1), 0);
    uint32_t len = (uint32_t)(p - bytes);
    assert_true(storage_rights_make(&r, 0x1234, 3, bytes, len));
    assert_true(r.may_write && r.may_read && !r.may_modify);
    assert_int_equal(r.reads, STORAGE_IDS_MAX);
    assert_int_equal(r.modifies, 0); /* nobody's data is that of all */
    for (uint32_t i = 0; i < r.reads; i++)
        assert_int_equal(r.read_ids[i], 5);
    /* Another app's ShortId as one's own write id names oneself. */
    put32(bytes, 5);
    assert_true(storage_rights_make(&r, 0x1234, 3, bytes, len));
    assert_int_equal(r.id, 0x1234);
    assert_int_equal(r.reads + r.modifies, 0);
}

static void malformed_entries_give_nothing(void **state)
{
    (void)state;
    struct storage_rights r;
    uint8_t bytes[256];
    static const uint32_t many[] = { 1, 2, 3,  4,  5,  6,  7,
                                     8, 9, 10, 11, 12, 13, 0 };
    uint32_t len = payload_make(bytes, 99, many, many);
    assert_true(storage_rights_make(&r, 0x1234, 1, bytes, len));
    assert_int_equal(r.reads, STORAGE_IDS_MAX);
    assert_int_equal(r.modifies, STORAGE_IDS_MAX);
    for (uint32_t cut = 0; cut < len; cut += 4)
        (void)storage_rights_make(&r, 0x1234, 1, bytes, cut);
    assert_false(storage_rights_make(&r, 0x1234, 1, bytes, 4));
    put16(bytes + 4, 0xFFFF);
    assert_false(storage_rights_make(&r, 0x1234, 1, bytes, len));
    put16(bytes + 4, 13);
    put16(bytes + 6 + 52, 14);
    assert_false(storage_rights_make(&r, 0x1234, 1, bytes, len));
}

static bool writeable(uint32_t offset, uint32_t len)
{
    uint32_t at = 0;
    uint32_t address = (uint32_t)(uintptr_t)cells + APP + SEEN + offset;
    bool is =
        policy.authority.writeable(&policy.authority, 1, address, len, &at);
    if (is)
        assert_int_equal(at, APP + offset);
    return is;
}

static void writeable_is_what_the_header_says_and_no_more(void **state)
{
    (void)state;
    uint32_t at;
    app_make(0x1234, NULL, 0);
    assert_true(writeable(512, 64));
    assert_true(writeable(575, 1)); /* the last byte */
    assert_true(writeable(1000, 32));
    assert_true(writeable(1031, 1));
    assert_false(writeable(511, 1));
    assert_false(writeable(511, 2));
    assert_false(writeable(575, 2));
    assert_false(writeable(576, 1));
    assert_false(writeable(999, 33));
    assert_false(writeable(1000, 33));
    assert_false(writeable(0, 16));
    assert_false(writeable(0u - APP, 16));
    assert_false(writeable(512, UINT32_MAX));
    assert_false(policy.authority.writeable(
        &policy.authority, 2, (uint32_t)(uintptr_t)cells + APP + 512, 4, &at));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_an_entry_an_app_has_its_own_data),
        TEST(an_entry_takes_rights_away),
        TEST(others_ids_count_only_for_the_accepted),
        TEST(zeros_and_repeated_ids_give_nothing_more),
        TEST(malformed_entries_give_nothing),
        TEST(writeable_is_what_the_header_says_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

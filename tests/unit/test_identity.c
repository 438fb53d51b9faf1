/* SPDX-License-Identifier: Apache-2.0 */
/* Identity, versions and updates, as tables.
 * SOURCES: loader/identity.c pic/tbf.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <loader/identity.h>

/* An identity as a policy makes it of name, ShortId and key. */
static struct identity make(enum identity_policy policy, const char *name,
                            uint32_t short_id, uint32_t key)
{
    struct tbf tbf = { .short_id = short_id };
    struct identity id;
    tbf.name.len = (uint32_t)strlen(name);
    identity_make(&id, policy, (const uint8_t *)name, &tbf, key);
    return id;
}

static void identities_by_policy(void **state)
{
    (void)state;
    static const struct {
        enum identity_policy policy;
        const char *name_a;
        uint32_t short_a, key_a;
        const char *name_b;
        uint32_t short_b, key_b;
        bool equal;
    } rows[] = {
        { IDENTITY_BY_NAME, "blink", 0, 0, "blink", 0, 0, true },
        { IDENTITY_BY_NAME, "blink", 1, 1, "blink", 2, 2, true },
        { IDENTITY_BY_NAME, "blink", 5, 0, "blinky", 5, 0, false },
        { IDENTITY_BY_NAME, "blink", 0, 0, "BLINK", 0, 0, false },
        { IDENTITY_BY_NAME, "", 5, 0, "", 5, 0, false },
        { IDENTITY_BY_HEADER, "a", 5, 0, "b", 5, 0, true },
        { IDENTITY_BY_HEADER, "a", 5, 0, "a", 6, 0, false },
        { IDENTITY_BY_HEADER, "a", 0, 0, "a", 0, 0, false },
        { IDENTITY_BY_NAME_KEY, "a", 0, 1, "a", 0, 1, true },
        { IDENTITY_BY_NAME_KEY, "a", 0, 1, "a", 0, 2, false },
        { IDENTITY_BY_NAME_KEY, "a", 0, 0, "a", 0, 1, false },
        { IDENTITY_BY_NAME_KEY, "a", 0, 0, "a", 0, 0, true },
        { IDENTITY_BY_NAME_KEY, "a", 0, 1, "b", 0, 1, false },
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct identity a = make(rows[i].policy, rows[i].name_a,
                                 rows[i].short_a, rows[i].key_a);
        struct identity b = make(rows[i].policy, rows[i].name_b,
                                 rows[i].short_b, rows[i].key_b);
        assert_int_equal(identity_equal(&a, &b), rows[i].equal);
        assert_int_equal(identity_equal(&b, &a), rows[i].equal);
    }
    assert_int_equal(make(IDENTITY_BY_NAME, "blink", 0, 0).short_id,
                     0x1D19E248);
    assert_int_equal(make(IDENTITY_BY_HEADER, "blink", 77, 3).short_id, 77);
    assert_int_not_equal(make(IDENTITY_BY_NAME_KEY, "blink", 0, 1).short_id,
                         make(IDENTITY_BY_NAME_KEY, "blink", 0, 2).short_id);
}

#define NONE IDENTITY_NONE

/* Two apps in flash: which of them is blocked, and why. */
static void known_20_blocked_apps_have_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name_a;
        uint32_t version_a, at_a, trial_a, replaced_a;
        const char *name_b;
        uint32_t version_b, at_b, trial_b, replaced_b;
        enum block a, b;
    } rows[] = {
        { "x", 1, 0, NONE, NONE, "x", 2, 64, NONE, NONE, BLOCKED_BY_VERSION,
          BLOCK_NONE },
        { "x", 2, 0, NONE, NONE, "x", 1, 64, NONE, NONE, BLOCK_NONE,
          BLOCKED_BY_VERSION },
        { "x", 1, 0, NONE, NONE, "x", 1, 64, NONE, NONE, BLOCK_NONE,
          BLOCKED_BY_IDENTITY },
        { "x", 1, 64, NONE, NONE, "x", 1, 0, NONE, NONE, BLOCKED_BY_IDENTITY,
          BLOCK_NONE },
        { "x", 1, 0, NONE, NONE, "y", 9, 64, NONE, NONE, BLOCK_NONE,
          BLOCK_NONE },
        { "", 1, 0, NONE, NONE, "", 9, 64, NONE, NONE, BLOCK_NONE, BLOCK_NONE },
        { "x", 0xFFFFFFFF, 0, NONE, NONE, "x", 0, 64, NONE, NONE, BLOCK_NONE,
          BLOCKED_BY_VERSION },
        /* The journal decides, not the version. */
        { "x", 2, 0, NONE, 64, "x", 3, 64, 0, NONE, BLOCKED_BY_TRIAL,
          BLOCK_NONE },
        { "x", 3, 0, NONE, 64, "x", 3, 64, 0, NONE, BLOCKED_BY_TRIAL,
          BLOCK_NONE },
        { "x", 9, 0, NONE, 64, "y", 1, 64, 0, NONE, BLOCKED_BY_TRIAL,
          BLOCK_NONE },
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct candidate a = {
            make(IDENTITY_BY_NAME, rows[i].name_a, 0, 0), rows[i].version_a,
            rows[i].at_a, rows[i].trial_a, rows[i].replaced_a
        };
        const struct candidate b = {
            make(IDENTITY_BY_NAME, rows[i].name_b, 0, 0), rows[i].version_b,
            rows[i].at_b, rows[i].trial_b, rows[i].replaced_b
        };
        assert_int_equal(candidate_blocked(&a, &b), rows[i].a);
        assert_int_equal(candidate_blocked(&b, &a), rows[i].b);
        assert_int_equal(candidate_blocked(&a, &a), BLOCK_NONE);
    }
}

static void a_process_blocks_whatever_the_version(void **state)
{
    (void)state;
    struct identity x = make(IDENTITY_BY_NAME, "x", 0, 0);
    struct identity y = make(IDENTITY_BY_NAME, "y", 0, 0);
    struct identity nobody = make(IDENTITY_BY_NAME, "", 0, 0);
    assert_int_equal(process_blocks(&x, &x), BLOCKED_BY_IDENTITY);
    assert_int_equal(process_blocks(&x, &y), BLOCK_NONE);
    assert_int_equal(process_blocks(&nobody, &nobody), BLOCK_NONE);
}

static void known_35_what_an_update_has_to_satisfy(void **state)
{
    (void)state;
    static const struct key_successor successors[] = { { 1, 2 }, { 2, 4 } };
    static const struct {
        const char *old_name, *new_name;
        bool needs_key;
        uint32_t old_key, new_key, old_version, new_version, floor;
        bool is_forced;
        enum update_verdict verdict;
    } rows[] = {
        { "x", "x", false, 0, 0, 1, 2, 0, false, UPDATE_OK },
        { "x", "y", false, 0, 0, 1, 2, 0, true, UPDATE_OTHER_IDENTITY },
        { "", "", false, 0, 0, 1, 2, 0, true, UPDATE_OTHER_IDENTITY },
        { "x", "x", false, 0, 0, 2, 2, 0, false, UPDATE_SAME_VERSION },
        { "x", "x", false, 0, 0, 2, 2, 2, true, UPDATE_OK },
        { "x", "x", false, 0, 0, 2, 1, 0, false, UPDATE_LOWER_VERSION },
        { "x", "x", false, 0, 0, 2, 1, 0, true, UPDATE_LOWER_VERSION },
        { "x", "x", false, 0, 0, 2, 3, 4, true, UPDATE_BELOW_FLOOR },
        { "x", "x", false, 0, 0, 2, 4, 4, false, UPDATE_OK },
        { "x", "x", false, 0, 0, 0, 0xFFFFFFFF, 0, false, UPDATE_OK },
        { "x", "x", false, 0, 0, 0xFFFFFFFF, 0, 0, true, UPDATE_LOWER_VERSION },
        { "x", "x", true, 1, 1, 1, 2, 0, false, UPDATE_OK },
        { "x", "x", true, 1, 2, 1, 2, 0, false, UPDATE_OK },
        { "x", "x", true, 2, 1, 1, 2, 0, true, UPDATE_OTHER_KEY },
        { "x", "x", true, 1, 4, 1, 2, 0, true, UPDATE_OTHER_KEY },
        { "x", "x", true, 1, 0, 1, 2, 0, true, UPDATE_OTHER_KEY },
        { "x", "x", true, 0, 0, 1, 2, 0, true, UPDATE_OTHER_KEY },
        { "x", "x", false, 1, 3, 1, 2, 0, false, UPDATE_OK },
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct identity a =
            make(IDENTITY_BY_NAME_KEY, rows[i].old_name, 0, rows[i].old_key);
        struct identity b =
            make(IDENTITY_BY_NAME_KEY, rows[i].new_name, 0, rows[i].new_key);
        const struct update u = { &a,
                                  &b,
                                  rows[i].old_key,
                                  rows[i].new_key,
                                  rows[i].needs_key,
                                  successors,
                                  ARRAY_COUNT(successors),
                                  rows[i].old_version,
                                  rows[i].new_version,
                                  rows[i].floor,
                                  rows[i].is_forced };
        assert_int_equal(update_check(&u), rows[i].verdict);
    }
}

/* Where the header's ShortId is all that counts. */
static void an_app_without_short_id_is_updated_by_one_of_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *old_name;
        uint32_t old_id;
        const char *new_name;
        uint32_t new_id;
        enum update_verdict verdict;
    } rows[] = {
        { "blink", 0, "blink", 0, UPDATE_OK },
        { "blink", 0, "blinky", 0, UPDATE_OTHER_IDENTITY },
        { "blink", 0, "BLINK", 0, UPDATE_OTHER_IDENTITY },
        { "", 0, "", 0, UPDATE_OTHER_IDENTITY },
        { "blink", 5, "blink", 0, UPDATE_OTHER_IDENTITY },
        { "blink", 0, "blink", 5, UPDATE_OTHER_IDENTITY },
        { "blink", 5, "blink", 6, UPDATE_OTHER_IDENTITY },
        { "blink", 5, "other", 5, UPDATE_OK },
    };
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct identity a =
            make(IDENTITY_BY_HEADER, rows[i].old_name, rows[i].old_id, 0);
        struct identity b =
            make(IDENTITY_BY_HEADER, rows[i].new_name, rows[i].new_id, 0);
        struct update u = { .old_identity = &a,
                            .new_identity = &b,
                            .old_version = 1,
                            .new_version = 2 };
        assert_int_equal(update_check(&u), rows[i].verdict);
        u.new_version = 1;
        assert_int_equal(update_check(&u), rows[i].verdict == UPDATE_OK
                                               ? UPDATE_SAME_VERSION
                                               : rows[i].verdict);
    }
}

static void the_floor_is_the_highest_confirmed_version(void **state)
{
    (void)state;
    struct identity x = make(IDENTITY_BY_NAME, "x", 0, 0);
    struct identity y = make(IDENTITY_BY_NAME, "y", 0, 0);
    const struct candidate confirmed = { x, 4, 0, NONE, NONE };
    const struct candidate older = { x, 2, 64, NONE, NONE };
    const struct candidate on_trial = { x, 9, 128, 0, NONE };
    const struct candidate stranger = { y, 99, 192, NONE, NONE };
    uint32_t floor = version_floor(0, &x, &older);
    assert_int_equal(floor, 2);
    floor = version_floor(floor, &x, &confirmed);
    assert_int_equal(floor, 4);
    floor = version_floor(floor, &x, &older);
    floor = version_floor(floor, &x, &on_trial);
    floor = version_floor(floor, &x, &stranger);
    assert_int_equal(floor, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_by_policy),
        cmocka_unit_test(known_20_blocked_apps_have_a_reason),
        cmocka_unit_test(a_process_blocks_whatever_the_version),
        cmocka_unit_test(known_35_what_an_update_has_to_satisfy),
        cmocka_unit_test(an_app_without_short_id_is_updated_by_one_of_its_name),
        cmocka_unit_test(the_floor_is_the_highest_confirmed_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

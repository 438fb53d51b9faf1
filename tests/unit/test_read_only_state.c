/* SPDX-License-Identifier: Apache-2.0 */
/* The read-only state driver.
 * SOURCES: drivers/read_only_state.c tests/fake/kernel.c */
#include <drivers/read_only_state.h>

#include <string.h>

#include <tests/fake/kernel.h>

static struct read_only_state state_driver;
static const struct driver table[] = {
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &state_driver,
      &state_driver.grant },
};
static struct process *app, *other;

static int setup(void **state)
{
    (void)state;
    memset(&state_driver, 0, sizeof state_driver);
    read_only_state_init(&state_driver);
    fake_boot(table, 1);
    app = fake_process("app");
    other = fake_process("other");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

/* Allow `len` bytes at `addr`; the previous buffer comes back. */
static struct uslice allow(struct process *p, uint32_t addr, uint32_t len)
{
    struct uslice slice = { { addr }, len };
    assert_int_equal(fake_allow_ur(p, DRIVER_READ_ONLY_STATE, 0, &slice), OK);
    return slice;
}

static void command_1_tells_the_version(void **state)
{
    (void)state;
    assert_success(fake_command(app, DRIVER_READ_ONLY_STATE, 0, 0, 0));
    assert_u32(fake_command(app, DRIVER_READ_ONLY_STATE, 1, 0, 0), 1);
    assert_failure(fake_command(app, DRIVER_READ_ONLY_STATE, 2, 0, 0),
                   ERR_NOSUPPORT);
}

static void only_number_0_can_be_allowed(void **state)
{
    (void)state;
    struct uslice slice = { { app->base }, 16 };
    assert_int_equal(fake_allow_ur(app, DRIVER_READ_ONLY_STATE, 1, &slice),
                     ERR_NOSUPPORT);
    assert_int_equal(slice.base.addr, app->base);
    assert_int_equal(slice.len, 16);
}

static void without_room_for_a_grant_nothing_is_allowed(void **state)
{
    (void)state;
    app->no_room = true;
    struct uslice slice = { { app->base }, 16 };
    assert_int_equal(fake_allow_ur(app, DRIVER_READ_ONLY_STATE, 0, &slice),
                     ERR_NOMEM);
    assert_int_equal(slice.len, 16);
    assert_false(app->resumed_told);
}

static void the_previous_buffer_is_handed_back(void **state)
{
    (void)state;
    struct uslice none = allow(app, app->base, 16);
    assert_int_equal(none.base.addr, 0);
    assert_int_equal(none.len, 0);
    struct uslice first = allow(app, app->base + 64, 8);
    assert_int_equal(first.base.addr, app->base);
    assert_int_equal(first.len, 16);
}

static void all_fields_are_written_at_once_and_each_time_it_goes_on(
    void **state)
{
    (void)state;
    uint64_t ticks;
    uint32_t addr = fake_space(app, 20);
    memset(fake_bytes(app, addr), 0xEE, 20);
    allow(app, addr, 20);
    assert_int_equal(fake_word(app, addr), 1);
    assert_int_equal(fake_word(app, addr + 4), 0);
    fake_fill_queue(app, 3);
    fake_pass_ms(1);
    fake_resume(app);
    assert_int_equal(fake_word(app, addr), 2);
    assert_int_equal(fake_word(app, addr + 4), 3);
    memcpy(&ticks, fake_bytes(app, addr + 8), 8);
    assert_true(ticks == ktime_now());
    assert_true(ticks > UINT32_MAX); /* the upper half counts too */
    assert_int_equal(fake_word(app, addr + 16), 0xEEEEEEEEu);
}

static void of_a_short_buffer_only_whole_fields_are_written(void **state)
{
    (void)state;
    static const uint32_t lengths[][2] = {
        { 1, 0 }, { 3, 0 }, { 4, 4 }, { 7, 4 }, { 8, 8 }, { 15, 8 }, { 16, 16 },
    };
    for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
        uint32_t addr = fake_space(app, 20), written = 0;
        memset(fake_bytes(app, addr), 0xEE, 20);
        allow(app, addr, lengths[i][0]);
        while (written < 20 && fake_word(app, addr + written) != 0xEEEEEEEEu)
            written += 4;
        assert_int_equal(written, lengths[i][1]);
    }
}

static void two_apps_count_for_themselves(void **state)
{
    (void)state;
    uint32_t addr = fake_space(app, 16), addr_other = fake_space(other, 16);
    allow(app, addr, 16);
    allow(other, addr_other, 16);
    fake_resume(app);
    fake_resume(app);
    fake_resume(other);
    assert_int_equal(fake_word(app, addr), 3);
    assert_int_equal(fake_word(other, addr_other), 2);
}

static void after_a_revocation_nothing_is_written_and_nobody_is_told(
    void **state)
{
    (void)state;
    uint32_t addr = fake_space(app, 16);
    allow(app, addr, 16);
    assert_true(app->resumed_told);
    struct uslice last = allow(app, 0, 0);
    assert_int_equal(last.base.addr, addr);
    assert_false(app->resumed_told);
    memset(fake_bytes(app, addr), 0, 16);
    read_only_state_ops.resumed(&state_driver, app);
    assert_int_equal(fake_word(app, addr), 0);
}

static void the_kernel_may_tell_of_an_app_that_shows_nothing(void **state)
{
    (void)state;
    app->resumed_told = true;
    fake_resume(app); /* no grant */
    assert_null(grant_peek(&state_driver.grant, app));
}

static void a_buffer_the_app_no_longer_has_is_left_alone(void **state)
{
    (void)state;
    allow(app, app->base + FAKE_MEMORY - 8, 16);
    fake_resume(app);
    assert_int_equal(fake_word(app, app->base + FAKE_MEMORY - 8), 0);
}

/* In the same slot, at the same addresses. */
static void a_new_life_is_shown_nothing_where_the_old_one_was(void **state)
{
    (void)state;
    uint32_t addr = app->base + 64;
    allow(app, addr, 16);
    fake_die(app);
    app = fake_process("app");
    assert_false(app->resumed_told);
    fake_resume(app);
    read_only_state_ops.resumed(&state_driver, app);
    assert_int_equal(fake_word(app, addr), 0);
    struct uslice before = allow(app, addr, 16);
    assert_int_equal(before.len, 0);
    assert_int_equal(fake_word(app, addr), 1); /* it counts from the start */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(command_1_tells_the_version),
        TEST(only_number_0_can_be_allowed),
        TEST(without_room_for_a_grant_nothing_is_allowed),
        TEST(the_previous_buffer_is_handed_back),
        TEST(all_fields_are_written_at_once_and_each_time_it_goes_on),
        TEST(of_a_short_buffer_only_whole_fields_are_written),
        TEST(two_apps_count_for_themselves),
        TEST(after_a_revocation_nothing_is_written_and_nobody_is_told),
        TEST(the_kernel_may_tell_of_an_app_that_shows_nothing),
        TEST(a_buffer_the_app_no_longer_has_is_left_alone),
        TEST(a_new_life_is_shown_nothing_where_the_old_one_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The cycle count driver.
 * SOURCES: drivers/cycle_count.c tests/fake/kernel.c */
#include <drivers/cycle_count.h>

#include <string.h>

#include <tests/fake/kernel.h>

enum { START = 1, COUNT, RESET, STOP };

static uint64_t now;

static uint64_t fake_now(const struct cycles *cycles)
{
    (void)cycles;
    return now;
}

static const struct cycles_ops ops = { fake_now };
static const struct cycles cycles = { &ops };
static struct cycle_count driver;
static const struct driver table[] = {
    { DRIVER_CYCLE_COUNT, &cycle_count_ops, &driver, NULL },
};
static struct process *app, *other;

static int setup(void **state)
{
    (void)state;
    driver = (struct cycle_count){ .cycles = &cycles };
    now = 0x1FFFFFF00u;
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

static struct sysret ask(struct process *p, uint32_t number)
{
    return fake_command(p, DRIVER_CYCLE_COUNT, number, 7, 7);
}

static void assert_count(struct process *p, uint64_t count)
{
    assert_sysret(ask(p, COUNT), SYSRET_SUCCESS_U64, (uint32_t)count);
    assert_int_equal(p->wide, (uint32_t)(count >> 32));
}

static void it_exists_and_refuses_other_commands(void **state)
{
    (void)state;
    assert_success(ask(app, 0));
    assert_failure(ask(app, 5), ERR_NOSUPPORT);
    assert_failure(ask(app, UINT32_MAX), ERR_NOSUPPORT);
}

static void it_counts_from_start_to_stop_and_goes_on(void **state)
{
    (void)state;
    assert_count(app, 0);
    assert_success(ask(app, START));
    now += 300;
    assert_count(app, 300);
    assert_success(ask(app, START)); /* changes nothing */
    now += 0x700000000u;
    assert_success(ask(app, STOP));
    now += 1000;
    assert_count(app, 0x700000000u + 300);
    assert_success(ask(app, STOP));
    assert_success(ask(app, START));
    now += 5;
    assert_count(app, 0x700000000u + 305);
}

static void reset_stops_and_clears(void **state)
{
    (void)state;
    assert_success(ask(app, START));
    now += 300;
    assert_success(ask(app, RESET));
    now += 300;
    assert_count(app, 0);
}

static void it_belongs_to_its_first_user_and_all_may_read(void **state)
{
    (void)state;
    assert_success(ask(app, START));
    now += 9;
    assert_failure(ask(other, START), ERR_RESERVE);
    assert_failure(ask(other, STOP), ERR_RESERVE);
    assert_failure(ask(other, RESET), ERR_RESERVE);
    assert_count(other, 9);
    assert_success(ask(app, STOP));
}

static void a_dead_owner_leaves_it_to_the_next(void **state)
{
    (void)state;
    assert_success(ask(app, START));
    fake_die(app);
    app = fake_process("app"); /* a new life in the same place */
    assert_success(ask(other, RESET));
    assert_failure(ask(app, START), ERR_RESERVE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_exists_and_refuses_other_commands),
        TEST(it_counts_from_start_to_stop_and_goes_on),
        TEST(reset_stops_and_clears),
        TEST(it_belongs_to_its_first_user_and_all_may_read),
        TEST(a_dead_owner_leaves_it_to_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The date and time driver on a clock that answers when the test says so.
 * SOURCES: drivers/date_time.c drivers/calendar.c drivers/turns.c
 * SOURCES: tests/fake/kernel.c */
#include <drivers/date_time.h>

#include <string.h>

#include <tests/fake/kernel.h>

enum { READ = 1, SET = 2 };

static struct fake_rtc {
    struct rtc rtc;
    uint32_t seconds;
    int reads, sets; /* under way */
    err_t broken;
} clock_;

static err_t clock_read(struct rtc *rtc)
{
    (void)rtc;
    if (clock_.broken != OK)
        return clock_.broken;
    assert_int_equal(clock_.reads + clock_.sets, 0); /* one at a time */
    clock_.reads = 1;
    return OK;
}

static err_t clock_set(struct rtc *rtc, uint32_t seconds)
{
    err_t e = clock_read(rtc);
    if (e != OK)
        return e;
    clock_.reads = 0;
    clock_.sets = 1;
    clock_.seconds = seconds;
    return OK;
}

/* The operation under way ends like that. */
static void clock_answers(err_t status)
{
    struct rtc_client *client = clock_.rtc.client;
    bool reads = clock_.reads != 0;
    assert_int_equal(clock_.reads + clock_.sets, 1);
    clock_.reads = clock_.sets = 0;
    if (reads)
        client->read(client, status, clock_.seconds);
    else
        client->set(client, status);
}

static const struct rtc_ops clock_ops = { clock_read, clock_set };
static struct date_time_driver driver;
static const struct driver table[] = {
    { DRIVER_DATE_TIME, &date_time_ops, &driver, &driver.grant },
};
static struct process *app, *other;

static int setup(void **state)
{
    (void)state;
    memset(&driver, 0, sizeof driver);
    memset(&clock_, 0, sizeof clock_);
    clock_.rtc.ops = &clock_ops;
    date_time_init(&driver, &clock_.rtc);
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

static uint32_t date(uint32_t year, uint32_t month, uint32_t day)
{
    return year << 9 | month << 5 | day;
}

static uint32_t time_(uint32_t weekday, uint32_t hour, uint32_t minute,
                      uint32_t second)
{
    return weekday << 17 | hour << 12 | minute << 6 | second;
}

static struct sysret ask(struct process *p, uint32_t number, uint32_t arg1,
                         uint32_t arg2)
{
    return fake_command(p, DRIVER_DATE_TIME, number, arg1, arg2);
}

static void it_exists_and_refuses_other_commands(void **state)
{
    (void)state;
    app->no_room = true;
    assert_success(ask(app, 0, 0, 0));
    assert_failure(ask(app, 3, 0, 0), ERR_NOSUPPORT);
    assert_failure(ask(app, READ, 0, 0), ERR_NOMEM);
    assert_int_equal(clock_.reads, 0);
}

static void reading_tells_date_weekday_and_time(void **state)
{
    (void)state;
    clock_.seconds = 951827696; /* 2000-02-29 12:34:56, a Tuesday */
    assert_success(ask(app, READ, 99, 99));
    assert_no_upcall(app);
    clock_answers(OK);
    assert_upcall(app, DRIVER_DATE_TIME, 0, OK, date(2000, 2, 29),
                  time_(2, 12, 34, 56));
}

static void setting_sets_and_tells(void **state)
{
    (void)state;
    assert_success(ask(app, SET, date(2000, 2, 29), time_(0, 12, 34, 56)));
    clock_answers(OK);
    assert_upcall(app, DRIVER_DATE_TIME, 0, OK, 0, 0);
    assert_int_equal(clock_.seconds, 951827696);
    assert_success(ask(app, SET, 0xFFE00000u | date(1970, 1, 1),
                       0xFFF00000u | time_(6, 0, 0, 0)));
    clock_answers(OK);
    assert_int_equal(clock_.seconds, 0);
}

static void what_is_no_date_or_time_is_invalid(void **state)
{
    (void)state;
    static const uint32_t dates[][3] = {
        { 1969, 12, 31 }, { 2107, 1, 1 }, { 0, 0, 0 },     { 2001, 2, 29 },
        { 2100, 2, 29 },  { 2020, 0, 1 }, { 2020, 13, 1 }, { 2020, 4, 31 },
        { 2020, 1, 0 },   { 2106, 2, 8 },
    };
    static const uint32_t times[][4] = {
        { 7, 0, 0, 0 },
        { 0, 24, 0, 0 },
        { 0, 0, 60, 0 },
        { 0, 0, 0, 60 },
    };
    for (size_t i = 0; i < ARRAY_COUNT(dates); i++)
        assert_failure(ask(app, SET,
                           date(dates[i][0], dates[i][1], dates[i][2]),
                           time_(0, 0, 0, 0)),
                       ERR_INVAL);
    for (size_t i = 0; i < ARRAY_COUNT(times); i++)
        assert_failure(
            ask(app, SET, date(2020, 1, 1),
                time_(times[i][0], times[i][1], times[i][2], times[i][3])),
            ERR_INVAL);
    assert_int_equal(clock_.sets, 0);
}

static void each_app_has_its_own_event_for_its_own_command(void **state)
{
    (void)state;
    clock_.seconds = 60;
    assert_success(ask(app, READ, 0, 0));
    assert_success(ask(other, SET, date(1970, 1, 2), 0));
    clock_answers(OK);
    assert_upcall(app, DRIVER_DATE_TIME, 0, OK, date(1970, 1, 1),
                  time_(4, 0, 1, 0));
    assert_no_upcall(other);
    clock_answers(OK);
    assert_upcall(other, DRIVER_DATE_TIME, 0, OK, 0, 0);
    assert_int_equal(clock_.seconds, 86400);
    assert_no_upcall(app);
}

static void a_second_command_of_the_same_app_is_busy(void **state)
{
    (void)state;
    assert_success(ask(app, READ, 0, 0));
    assert_failure(ask(app, READ, 0, 0), ERR_BUSY);
    assert_failure(ask(app, SET, date(2020, 1, 1), 0), ERR_BUSY);
    clock_answers(OK);
    assert_int_equal(app->queued, 1);
    assert_int_equal(clock_.reads + clock_.sets, 0);
}

static void a_dead_app_hears_nothing_and_holds_up_nobody(void **state)
{
    (void)state;
    assert_success(ask(app, READ, 0, 0));
    assert_success(ask(other, READ, 0, 0));
    fake_die(app);
    app = fake_process("app"); /* a new life in the same place */
    clock_answers(OK);
    assert_no_upcall(app);
    assert_no_upcall(other);
    clock_answers(OK);
    assert_int_equal(other->queued, 1);
    assert_success(ask(app, READ, 0, 0));
    clock_answers(OK);
    assert_int_equal(app->queued, 1);
}

static void a_clock_that_fails_says_so(void **state)
{
    (void)state;
    clock_.seconds = 60;
    assert_success(ask(app, READ, 0, 0));
    clock_answers(ERR_FAIL);
    assert_upcall(app, DRIVER_DATE_TIME, 0, ERR_FAIL, 0, 0);
    assert_success(ask(app, SET, date(2020, 1, 1), 0));
    clock_answers(ERR_NOACK);
    assert_upcall(app, DRIVER_DATE_TIME, 0, ERR_NOACK, 0, 0);
    clock_.broken = ERR_OFF;
    assert_success(ask(app, READ, 0, 0));
    assert_upcall(app, DRIVER_DATE_TIME, 0, ERR_OFF, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_exists_and_refuses_other_commands),
        TEST(reading_tells_date_weekday_and_time),
        TEST(setting_sets_and_tells),
        TEST(what_is_no_date_or_time_is_invalid),
        TEST(each_app_has_its_own_event_for_its_own_command),
        TEST(a_second_command_of_the_same_app_is_busy),
        TEST(a_dead_app_hears_nothing_and_holds_up_nobody),
        TEST(a_clock_that_fails_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

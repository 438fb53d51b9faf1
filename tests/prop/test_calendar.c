/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar against the C library's, on every day there is.
 * SOURCES: drivers/calendar.c */
#include <drivers/calendar.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static void check(uint32_t seconds)
{
    time_t there = (time_t)seconds;
    struct tm want;
    union date_time got;
    uint32_t back = ~seconds;
    assert_non_null(gmtime_r(&there, &want));
    calendar_date(&got, seconds);
    assert_int_equal(got.year, want.tm_year + 1900);
    assert_int_equal(got.month, want.tm_mon + 1);
    assert_int_equal(got.day, want.tm_mday);
    assert_int_equal(got.weekday, want.tm_wday);
    assert_int_equal(got.hour, want.tm_hour);
    assert_int_equal(got.minute, want.tm_min);
    assert_int_equal(got.second, want.tm_sec);
    assert_int_equal(calendar_seconds(&got, &back), OK);
    assert_int_equal(back, seconds);
}

static void every_day_has_its_date_and_comes_back(void **state)
{
    (void)state;
    uint32_t of_day = 0;
    for (uint32_t day = 0; day < UINT32_MAX / 86400; day++) {
        check(day * 86400);
        check(day * 86400 + 86399);
        of_day = (of_day + 12345) % 86400;
        check(day * 86400 + of_day);
    }
    check(UINT32_MAX);
}

static void only_dates_that_exist_are_taken(void **state)
{
    (void)state;
    uint32_t taken = 0, seconds;
    for (uint32_t year = 0; year < 4096; year++) {
        for (uint32_t month = 0; month < 16; month++) {
            for (uint32_t day = 0; day < 32; day++) {
                const union date_time when = {
                    .year = year & 0xFFF,
                    .month = month & 15,
                    .day = day & 31,
                };
                taken += calendar_seconds(&when, &seconds) == OK;
            }
        }
    }
    assert_int_equal(taken, UINT32_MAX / 86400 + 1);
}

static void the_last_second_is_the_last(void **state)
{
    (void)state;
    union date_time when;
    uint32_t seconds = 0;
    calendar_date(&when, UINT32_MAX);
    when.second++;
    assert_int_equal(calendar_seconds(&when, &seconds), ERR_INVAL);
    assert_int_equal(seconds, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_has_its_date_and_comes_back),
        cmocka_unit_test(only_dates_that_exist_are_taken),
        cmocka_unit_test(the_last_second_is_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The date, and the cycle counter, which another app may have. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/cycles.h>
#include <berth/date.h>
#include <berth/event.h>

enum { DATE = DRIVER_DATE_TIME, CYCLES = DRIVER_CYCLE_COUNT };

static const struct quad success = { { SYSRET_SUCCESS, KEEP, KEEP, KEEP } };
static volatile bool heard;
static err_t heard_status;
static struct berth_date heard_date;

static struct quad failure(uint32_t error)
{
    return QUAD(SYSRET_FAILURE, error, KEEP, KEEP);
}

static void check_command(const char *clause, uint32_t driver, uint32_t number,
                          struct quad want, uint32_t arg1, uint32_t arg2)
{
    check_call(clause, SYSCALL_COMMAND, QUAD(driver, number, arg1, arg2), want);
}

static void check_error(const char *clause, err_t got, err_t want)
{
    check_equal(clause, (uint32_t)got, (uint32_t)want);
}

static bool is(const struct berth_date *d, uint32_t day, uint32_t month,
               uint32_t year, uint32_t weekday)
{
    return d->day == day && d->month == month && d->year == year &&
           d->weekday == weekday;
}

static void on_date(err_t status, const struct berth_date *date, void *userdata)
{
    heard_status = status;
    if (date) {
        heard_date = *date;
    }
    heard = userdata == &heard_date;
}

/* The machine begins in the first hours of 2020. */
static void date(void)
{
    struct berth_date d = { 0 };
    check_command("date: exists", DATE, 0, success, 1, 2);
    check_command("date: command 3 is NOSUPPORT", DATE, 3,
                  failure(ERR_NOSUPPORT), 1, 2);
    check_command("date: the 30th of February is INVAL", DATE, 2,
                  failure(ERR_INVAL), 2020u << 9 | 2u << 5 | 30, 0);
    check_command("date: nor is there an hour 24", DATE, 2, failure(ERR_INVAL),
                  2020u << 9 | 2u << 5 | 3, 24u << 12);
    check_error("berth_date_read", berth_date_read(&d), OK);
    check("it is New Year 2020, a Wednesday",
          is(&d, 1, 1, 2020, 3) && d.hour == 0);
    d = (struct berth_date){ 2038, 1, 19, 0, 3, 14, 7 };
    check_error("berth_date_set", berth_date_set(&d), OK);
    check_error("berth_date_read_timeout", berth_date_read_timeout(&d, 1000),
                OK);
    check("it is what was set, a Tuesday", is(&d, 19, 1, 2038, 2) &&
                                               d.hour == 3 && d.minute == 14 &&
                                               d.second == 7);
    (void)berth_sleep_ms(1500);
    heard = false;
    check_error("berth_date_read_async",
                berth_date_read_async(on_date, &heard_date), OK);
    berth_wait_until(&heard);
    check("time goes on",
          heard_status == OK && heard_date.minute == 14 &&
              (heard_date.second == 8 || heard_date.second == 9));
    d.year = 1969;
    check_error("a year before the clock's is INVAL", berth_date_set(&d),
                ERR_INVAL);
    d.year = 0xFFFF;
    check_error("a year beyond the fields is INVAL", berth_date_set(&d),
                ERR_INVAL);
    d.year = 2024;
    check_error("berth_date_set_timeout", berth_date_set_timeout(&d, 1000), OK);
}

static void cycles(void)
{
    uint64_t first = 0;
    uint64_t second = 0;
    check_command("cycles: exists", CYCLES, 0, success, 1, 2);
    check_command("cycles: command 5 is NOSUPPORT", CYCLES, 5,
                  failure(ERR_NOSUPPORT), 1, 2);
    check_error("berth_cycles_reset", berth_cycles_reset(), OK);
    check_error("berth_cycles_read", berth_cycles_read(&first), OK);
    check("it is 0 and stays so", first == 0);
    check_error("berth_cycles_start", berth_cycles_start(), OK);
    (void)berth_sleep_ms(10);
    check_error("berth_cycles_stop", berth_cycles_stop(), OK);
    (void)berth_cycles_read(&first);
    check("it has counted", first > 1000);
    (void)berth_cycles_read(&second);
    check("and stands still", first == second);
}

int main(void)
{
    date();
    cycles();
    return check_end();
}

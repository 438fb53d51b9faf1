/* SPDX-License-Identifier: Apache-2.0 */
/* See calendar.h. */
#include <drivers/calendar.h>

#include <stdbool.h>

enum { FIRST_YEAR = 1970, LAST_YEAR = 2106, DAY = 86400 };

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t days_of_year(uint32_t year)
{
    return is_leap(year) ? 366 : 365;
}

static uint32_t days_of_month(uint32_t year, uint32_t month)
{
    if (month == 2)
        return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool is_valid(const struct date_time *when)
{
    return when->year >= FIRST_YEAR && when->year <= LAST_YEAR &&
           when->month >= 1 && when->month <= 12 && when->day >= 1 &&
           when->day <= days_of_month(when->year, when->month) &&
           when->hour < 24 && when->minute < 60 && when->second < 60;
}

err_t calendar_seconds(const struct date_time *when, uint32_t *seconds)
{
    if (!is_valid(when))
        return ERR_INVAL;
    uint32_t days = when->day - 1u;
    for (uint32_t year = FIRST_YEAR; year < when->year; year++)
        days += days_of_year(year);
    for (uint32_t month = 1; month < when->month; month++)
        days += days_of_month(when->year, month);
    uint32_t of_day = (when->hour * 60u + when->minute) * 60u + when->second;
    if (days > (UINT32_MAX - of_day) / DAY)
        return ERR_INVAL;
    *seconds = days * DAY + of_day;
    return OK;
}

void calendar_date(struct date_time *when, uint32_t seconds)
{
    uint32_t days = seconds / DAY, of_day = seconds % DAY;
    uint32_t year = FIRST_YEAR, month = 1;
    when->weekday = (uint8_t)((days + 4) % 7); /* it began on a Thursday */
    for (; days >= days_of_year(year); year++)
        days -= days_of_year(year);
    for (; days >= days_of_month(year, month); month++)
        days -= days_of_month(year, month);
    when->year = (uint16_t)year;
    when->month = (uint8_t)month;
    when->day = (uint8_t)(days + 1);
    when->hour = (uint8_t)(of_day / 3600);
    when->minute = (uint8_t)(of_day / 60 % 60);
    when->second = (uint8_t)(of_day % 60);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See calendar.h. Years are counted from March on, so that a leap day comes last;
 * within reach each fourth has one, but for that of 2100, which is counted as if
 * it were there. */
#include <drivers/calendar.h>

#define DAY 86400u
#define FIRST_YEAR 1968u
#define OF_4_YEARS 1461u
#define UP_TO_1970 671u
#define DATE_BITS 0x1FFFFFu
#define TIME_BITS 0x1FFFFu      /* but for the weekday */
#define LEAP_DAY_OF_2100 47541u /* it would be, from 1970 on */

/* Up to the month, from March on: they have 31, 30, 31, 30, 31 days and so on. */
static uint32_t days_up_to(uint32_t month)
{
    return (153 * month + 2) / 5;
}

/* There is such a date if it comes back the same. */
err_t calendar_seconds(const union date_time *when, uint32_t *seconds)
{
    uint32_t is_early = when->month < 3;
    uint32_t year = when->year - FIRST_YEAR - is_early;
    uint32_t month = when->month + 12 * is_early - 3;
    uint32_t days =
        OF_4_YEARS * year / 4 + days_up_to(month) + when->day - 1 - UP_TO_1970;
    if (days > LEAP_DAY_OF_2100)
        days--;
    uint32_t s =
        ((days * 24 + when->hour) * 60 + when->minute) * 60 + when->second;
    union date_time back;
    calendar_date(&back, s);
    if (((back.words[0] ^ when->words[0]) & DATE_BITS) != 0 ||
        ((back.words[1] ^ when->words[1]) & TIME_BITS) != 0)
        return ERR_INVAL;
    *seconds = s;
    return OK;
}

void calendar_date(union date_time *when, uint32_t seconds)
{
    uint32_t days = seconds / DAY, of_day = seconds % DAY;
    uint32_t weekday = (days + 4) % 7; /* it began on a Thursday */
    when->words[1] = weekday << 17 | of_day / 3600 << 12 |
                     of_day / 60 % 60 << 6 | of_day % 60;
    days += UP_TO_1970 + (uint32_t)(days >= LEAP_DAY_OF_2100);
    uint32_t year = (4 * days + 3) / OF_4_YEARS;
    days -= OF_4_YEARS * year / 4;
    uint32_t month = (5 * days + 2) / 153;
    uint32_t is_early = month >= 10;
    when->words[0] = (FIRST_YEAR + year + is_early) << 9 |
                     (month + 3 - 12 * is_early) << 5 |
                     (days - days_up_to(month) + 1);
}

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

/* How a date lies to another one: after it, at it (0) or before it. */
static int32_t compare(const union date_time *a, const union date_time *b)
{
    int32_t date =
        (int32_t)(a->words[0] & DATE_BITS) - (int32_t)(b->words[0] & DATE_BITS);
    int32_t time =
        (int32_t)(a->words[1] & TIME_BITS) - (int32_t)(b->words[1] & TIME_BITS);
    return date != 0 ? date : time;
}

/* Looked for among all seconds, bit by bit: what is not found does not exist. */
err_t calendar_seconds(const union date_time *when, uint32_t *seconds)
{
    uint32_t found = 0;
    for (uint32_t bit = 1u << 31;; bit >>= 1) {
        union date_time at;
        calendar_date(&at, found | bit);
        int32_t is = compare(&at, when);
        if (is == 0) {
            *seconds = found | bit;
            return OK;
        }
        if (bit == 0)
            return ERR_INVAL;
        if (is < 0)
            found |= bit;
    }
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

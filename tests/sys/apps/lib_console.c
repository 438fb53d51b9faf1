/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to the console that take their time, are given up, or meet each other:
 * where the line is as slow as it is in life, 12 bytes a millisecond. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/console.h>
#include <berth/event.h>

static const char text[] =
    "It is a long line, so that the others have time to get in between: it is "
    "a long line, so that the others have time to get in between: it is a long "
    "line, so that the others have time to get in between: it is a long line, "
    "so that the others have time to get in between, or so one hopes.\n";
enum { LENGTH = sizeof text - 1 };

static volatile bool is_done;
static size_t done_length;

static void on_written(size_t length, void *userdata)
{
    (void)userdata;
    done_length = length;
    is_done = true;
}

static unsigned rings;

static void ring(uint32_t now, void *userdata)
{
    (void)now, (void)userdata;
    rings++;
    printf("from a callback\n");
}

static void meet(void)
{
    struct berth_alarm alarm;
    err_t error = berth_console_write_async(text, LENGTH, on_written, NULL);
    bool was_done = is_done;
    printf("behind it\n");
    check("printing completes a write that goes on",
          error == OK && !was_done && is_done && done_length == LENGTH);
    (void)berth_alarm_after_ms(&alarm, 1, ring, NULL);
    error = berth_console_write_timeout(text, LENGTH, 5000);
    check("a callback prints while a write is waited for",
          error == OK && rings == 1);
}

static void give_up(void)
{
    err_t error = berth_console_write_timeout(text, LENGTH, 1);
    err_t next = berth_console_write_async(text, 1, on_written, NULL);
    check("what was given up comes first",
          error == ERR_CANCEL && next == ERR_BUSY);
    error = berth_console_write_timeout(text, LENGTH, 1);
    (void)berth_sleep_ms(100); /* runs no callback */
    next = berth_console_write_timeout("after that\n", 11, 5000);
    check("and its end is no other's", error == ERR_CANCEL && next == OK);
    is_done = false;
    error = berth_console_write_timeout(text, LENGTH, 1);
    while (berth_console_write_async("at last\n", 8, on_written, NULL) != OK) {
        berth_wait();
    }
    berth_wait_until(&is_done);
    check("nor is it taken for one that is told",
          error == ERR_CANCEL && done_length == 8);
}

int main(void)
{
    meet();
    give_up();
    return check_end();
}

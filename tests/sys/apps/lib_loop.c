/* SPDX-License-Identifier: Apache-2.0 */
/* An app that waits for several things in one loop: lines from the console, an
 * alarm, and the end of it all. */
#include <berth/alarm.h>
#include <berth/event.h>
#include <berth/line.h>
#include <stdio.h>
#include <string.h>

static struct berth_alarm alarm;
static struct berth_line line;
static char text[16];
static unsigned ticks, rounds;

static void tick(uint32_t now, void *userdata)
{
    (void)now, (void)userdata;
    if (ticks++ == 0)
        printf("lib_loop: ticks\n");
    (void)berth_alarm_after_ms(&alarm, 20, tick, NULL);
}

static void line_comes(err_t status, char *bytes, size_t length, void *userdata)
{
    (void)userdata;
    printf("lib_loop: line [%s] of %u: %s\n", bytes, (unsigned)length,
           berth_strerror(status));
    if (strcmp(bytes, "end") == 0) {
        berth_loop_end();
        return;
    }
    (void)berth_line_read_async(&line, text, sizeof text, line_comes, NULL);
}

static void count_round(void *userdata)
{
    (void)userdata;
    rounds++;
}

int main(void)
{
    char more[8];
    size_t length;
    (void)berth_alarm_after_ms(&alarm, 20, tick, NULL);
    (void)berth_line_read_async(&line, text, sizeof text, line_comes, NULL);
    printf("lib_loop: ready\n");
    berth_loop(count_round, NULL);
    berth_alarm_cancel(&alarm);
    printf("lib_loop: %s\n",
           ticks > 0 && rounds > ticks ? "ticked meanwhile" : "never ticked");
    err_t error = berth_line_read_timeout(more, sizeof more, 30, &length);
    printf("lib_loop: then [%s]: %s\n", more, berth_strerror(error));
    error = berth_line_read(more, sizeof more, &length);
    printf("lib_loop: last [%s]: %s\n", more, berth_strerror(error));
    return 0;
}

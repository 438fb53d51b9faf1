/* SPDX-License-Identifier: Apache-2.0 */
/* The library's small parts in the real kernel: LEDs, read-only state, low-level
 * debug, memory, waiting, reads of the console that come to nothing. */
#include "check.h"

#include <berth/alarm.h>
#include <berth/app_flash.h>
#include <berth/console.h>
#include <berth/debug.h>
#include <berth/error.h>
#include <berth/event.h>
#include <berth/led.h>
#include <berth/memory.h>
#include <berth/state.h>

static const volatile uint8_t own_flash[64] BERTH_WRITEABLE_FLASH = { 7 };

static void leds(void)
{
    bool is_on = false;
    check("led: there are some", berth_led_count() > 0);
    check("led: on",
          berth_led_on(0) == OK && berth_led_read(0, &is_on) == OK && is_on);
    check("led: toggled", berth_led_toggle(0) == OK &&
                              berth_led_read(0, &is_on) == OK && !is_on);
    check("led: off",
          berth_led_off(0) == OK && berth_led_read(0, &is_on) == OK && !is_on);
    check("led: none of that number",
          berth_led_on(berth_led_count()) == ERR_INVAL);
}

static void shared_state(void)
{
    static struct berth_state state;
    check("state: is shared", berth_state_share(&state) == OK);
    uint32_t switches = state.switches;
    (void)berth_sleep_ms(3);
    check("state: a sleep is a switch", state.switches > switches);
    check("state: and nothing is queued", state.pending == 0);
    uint32_t late = berth_alarm_now() - (uint32_t)berth_state_ticks(&state);
    check("state: its time is that of the last switch",
          late < berth_alarm_ticks(3));
    check("state: is taken back", berth_state_share(NULL) == OK);
    switches = state.switches;
    (void)berth_sleep_ms(3);
    check("state: and is left alone then", state.switches == switches);
}

static void debug(void)
{
    berth_debug_alert(BERTH_ALERT_PANIC);
    berth_debug_print(0x1234);
    berth_debug_print2(0x56, 0x789);
}

static void memory(void)
{
    uint32_t start = 0, end = 0;
    void *before = NULL;
    char *grants = berth_memory_grant_start();
    size_t room = berth_memory_free();
    check("memory: there is room", room >= 64);
    check("memory: below the grants",
          (char *)berth_memory_break() + room == grants);
    check("memory: grows", berth_memory_grow(32, &before) == OK &&
                               berth_memory_free() == room - 32);
    check("memory: no further than that",
          berth_memory_grow((ptrdiff_t)room, &before) == ERR_NOMEM);
    check("memory: one region is writeable",
          berth_memory_writeable_count() == 1);
    check("memory: that of the app",
          berth_memory_writeable(0, &start, &end) == OK &&
              start <= address_of(own_flash) &&
              end >= address_of(own_flash) + sizeof own_flash);
    check("memory: another is not",
          berth_memory_writeable(1, &start, &end) != OK);
}

static unsigned rings;

static void ring(uint32_t now, void *userdata)
{
    (void)now, (void)userdata;
    rings++;
}

static void waiting(void)
{
    struct berth_alarm alarm;
    check("wait: nothing is due", !berth_poll());
    check("wait: not for ever", !berth_wait_timeout(3));
    (void)berth_alarm_after_ms(&alarm, 2, ring, NULL);
    check("wait: for a callback", berth_wait_timeout(1000) && rings == 1);
    (void)berth_alarm_after_ms(&alarm, 1, ring, NULL);
    (void)berth_sleep_ms(3);
    check("wait: a sleep runs no callback", rings == 1);
    check("wait: what is due is run", berth_poll() && rings == 2);
    check("wait: once", !berth_poll());
}

static volatile bool is_done;

static void on_read(err_t status, size_t length, void *userdata)
{
    *(err_t *)userdata = length == 0 ? status : OK;
    is_done = true;
}

static void reading(void)
{
    char byte;
    size_t got = 9;
    err_t status = OK;
    check("console: nothing is typed",
          berth_console_read_timeout(&byte, 1, 3, &got) == ERR_CANCEL &&
              got == 0);
    is_done = false;
    check("console: read",
          berth_console_read_async(&byte, 1, on_read, &status) == OK);
    check("console: one at a time",
          berth_console_read_timeout(&byte, 1, 3, &got) == ERR_BUSY);
    check("console: is aborted", berth_console_read_abort() == OK);
    berth_wait_until(&is_done);
    check("console: and told so", status == ERR_CANCEL);
}

int main(void)
{
    leds();
    shared_state();
    debug();
    memory();
    waiting();
    reading();
    return check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The drivers every app meets: alarm, console, LED, low-level debug, process
 * info, read-only state. */
#include "check.h"

#include <string.h>

enum { ALARM = DRIVER_ALARM, CONSOLE = DRIVER_CONSOLE, LED = DRIVER_LED };
enum { DEBUG = DRIVER_LOW_LEVEL_DEBUG, STATE = DRIVER_READ_ONLY_STATE };
enum { INFO = DRIVER_PROCESS_INFO };
enum { WRITTEN = 1, READ = 2 };

#define PROMPT 2000u /* ticks within which what is due has to come: 200 us */

static const struct quad success = { { SYSRET_SUCCESS, KEEP, KEEP, KEEP } };

static void check_command(const char *clause, uint32_t driver, uint32_t number,
                          struct quad want, uint32_t arg1, uint32_t arg2)
{
    check_call(clause, SYSCALL_COMMAND, QUAD(driver, number, arg1, arg2), want);
}

static struct quad failure(uint32_t error)
{
    return QUAD(SYSRET_FAILURE, error, KEEP, KEEP);
}

static struct quad value(uint32_t v)
{
    return QUAD(SYSRET_SUCCESS_U32, v, KEEP, KEEP);
}

static uint32_t command(uint32_t driver, uint32_t number, uint32_t arg1,
                        uint32_t arg2)
{
    struct sysret s = syscall_command(driver, number, arg1, arg2);
    return s.variant == SYSRET_SUCCESS ? 0 : s.value[0];
}

static volatile unsigned stub_runs;

static void stub(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    (void)a0, (void)a1, (void)a2, (void)userdata;
    stub_runs++;
}

static bool no_event(void)
{
    return syscall_yield_no_wait() == 0;
}

/* ---- alarm ------------------------------------------------------------------ */

static uint32_t now(void)
{
    return command(ALARM, 2, 0, 0);
}

/* Is this the alarm's event for that expiry, in time? */
static bool in_time(struct event e, uint32_t expiry)
{
    return e.value[1] == expiry && e.value[0] - expiry < PROMPT &&
           e.value[2] == 0;
}

static bool fires_at(uint32_t expiry)
{
    return in_time(syscall_yield_wait_for(ALARM, 0), expiry);
}

/* Has the alarm gone off within the command that set it? The event is taken. */
static bool fired_at_once(void)
{
    stub_runs = 0;
    return syscall_yield_no_wait() != 0 && stub_runs == 1;
}

static void subscribe_alarm(upcall_fn *f)
{
    (void)syscall_subscribe(ALARM, 0, f, NULL);
}

static void alarm_commands(void)
{
    check_command("alarm: exists", ALARM, 0, success, 1, 2);
    check_command("alarm: 10 MHz", ALARM, 1, value(10000000), 1, 2);
    check_command("alarm: stop of none is ALREADY", ALARM, 3,
                  failure(ERR_ALREADY), 1, 2);
    check_command("alarm: command 4 is gone", ALARM, 4, failure(ERR_NOSUPPORT),
                  1, 2);
    uint32_t before = now();
    uint32_t expiry = command(ALARM, 5, 5000, 0);
    check("alarm: relative arming answers the expiry",
          expiry - 5000 - before < PROMPT);
    check("alarm: its event is (now, expiry, 0)", fires_at(expiry));
    expiry = now() - 3000 + 7000;
    check_command("alarm: arming by reference answers the expiry", ALARM, 6,
                  value(expiry), expiry - 7000, 7000);
    check("alarm: and fires then",
          fires_at(expiry) || now() - expiry < 9000000);
}

static void alarm_edges(void)
{
    subscribe_alarm(stub);
    (void)command(ALARM, 5, 0, 0);
    check("alarm: 0 ticks fire at once", fired_at_once());
    (void)command(ALARM, 6, now(), 0);
    check("alarm: 0 ticks from now fire at once", fired_at_once());
    (void)command(ALARM, 6, now() - 5000, 4000);
    check("alarm: one that is over fires at once", fired_at_once());
    (void)command(ALARM, 6, now() + 100000, 4000);
    check("alarm: a reference in the future counts as long ago",
          fired_at_once());
    (void)command(ALARM, 6, now() + 100000, 0);
    check("alarm: so it does with 0 ticks", fired_at_once());
    check("alarm: and all of them once", no_event());

    uint32_t reference = now() + 100000;
    uint32_t expiry = command(ALARM, 6, reference, 0xFFFFFFFF);
    check("alarm: a future reference with most of a turn is soon",
          expiry == reference - 1 && no_event() && fires_at(expiry));
}

static void alarm_wrap(void)
{
    for (int turn = 0; turn < 3; turn++) {
        uint32_t before = now();
        uint32_t expiry = command(ALARM, 6, before, 0xFFFFFFF0);
        check("alarm: most of a turn of the counter",
              expiry == before - 16 && fires_at(expiry));
    }
    uint32_t start = now();
    uint32_t expiry = command(ALARM, 6, start, 0u - start + 10000);
    check("alarm: across the counter's 0", expiry == 10000 && fires_at(expiry));
}

static void alarm_again(void)
{
    subscribe_alarm(NULL);
    (void)command(ALARM, 5, 50000, 0);
    uint32_t expiry = command(ALARM, 5, 5000, 0);
    check("alarm: arming again takes the first one's place", fires_at(expiry));
    subscribe_alarm(stub);
    expiry = command(ALARM, 5, 100000, 0);
    subscribe_alarm(NULL);
    check("alarm: whose event does not come", fires_at(expiry));

    (void)command(ALARM, 5, 0, 0);
    expiry = command(ALARM, 5, 5000, 0);
    check("alarm: arming again drops the event that waits", fires_at(expiry));

    subscribe_alarm(stub);
    (void)command(ALARM, 5, 5000, 0);
    check_command("alarm: stop", ALARM, 3, success, 1, 2);
    (void)command(ALARM, 5, 0, 0);
    check_command("alarm: stop of one that has fired is ALREADY", ALARM, 3,
                  failure(ERR_ALREADY), 1, 2);
    check("alarm: stop drops the event that waits", no_event());
}

/* ---- console ---------------------------------------------------------------- */

static char text[] = "a line of the console's, 32 bytes\n";

static struct event write_event(uint32_t length)
{
    (void)syscall_subscribe(CONSOLE, WRITTEN, NULL, NULL);
    (void)command(CONSOLE, 1, length, 0);
    return syscall_yield_wait_for(CONSOLE, WRITTEN);
}

static bool wrote(struct event e, uint32_t length)
{
    return e.value[0] == length && e.value[1] == 0 && e.value[2] == 0;
}

static void console_write(void)
{
    static char large[300];
    struct event none, empty, some, cut, all, revoked;
    memset(large, '.', sizeof large);
    large[sizeof large - 1] = '\n';
    (void)syscall_allow_ro(CONSOLE, 1, NULL, 0);
    none = write_event(10);
    (void)syscall_allow_ro(CONSOLE, 1, text, sizeof text - 1);
    empty = write_event(0);
    some = write_event(sizeof text - 1);
    cut = write_event(1000);
    (void)syscall_allow_ro(CONSOLE, 1, large, sizeof large);
    all = write_event(sizeof large);
    (void)syscall_subscribe(CONSOLE, WRITTEN, NULL, NULL);
    (void)command(CONSOLE, 1, sizeof large, 0);
    (void)syscall_allow_ro(CONSOLE, 1, NULL, 0);
    revoked = syscall_yield_wait_for(CONSOLE, WRITTEN);
    check("console: a write without a buffer tells of 0 bytes", wrote(none, 0));
    check("console: a write of length 0 tells of 0 bytes", wrote(empty, 0));
    check("console: a write tells (bytes, 0, 0)", wrote(some, sizeof text - 1));
    check("console: a write is cut to its buffer", wrote(cut, sizeof text - 1));
    check("console: a large write tells once", wrote(all, sizeof large));
    check("console: a buffer may be taken back at any time",
          revoked.value[0] <= sizeof large && revoked.value[1] == 0);
}

static void console_twice(void)
{
    (void)syscall_allow_ro(CONSOLE, 1, text, sizeof text - 1);
    (void)syscall_subscribe(CONSOLE, WRITTEN, NULL, NULL);
    bool accepted = command(CONSOLE, 1, 3, 0) == 0 &&
                    command(CONSOLE, 1, sizeof text - 1, 0) == 0;
    struct event last = syscall_yield_wait_for(CONSOLE, WRITTEN);
    while (last.value[0] != sizeof text - 1) {
        last = syscall_yield_wait_for(CONSOLE, WRITTEN);
    }
    check("console: a write while another goes on is a success", accepted);
    check("console: and its event comes", wrote(last, sizeof text - 1));
}

static void console_read(void)
{
    static char into[8];
    (void)syscall_subscribe(CONSOLE, READ, NULL, NULL);
    check_command("console: abort of no read is a success", CONSOLE, 3, success,
                  1, 2);
    (void)command(CONSOLE, 2, 5, 0);
    struct event e = syscall_yield_wait_for(CONSOLE, READ);
    check("console: a read without a buffer ends with nothing",
          e.value[0] == 0 && e.value[1] == 0);
    (void)syscall_allow_rw(CONSOLE, 1, into, sizeof into);
    (void)command(CONSOLE, 2, 0, 0);
    e = syscall_yield_wait_for(CONSOLE, READ);
    check("console: a read of length 0 ends at once",
          e.value[0] == 0 && e.value[1] == 0);
    check_command("console: a read begins", CONSOLE, 2, success, 5, 2);
    check_command("console: a second one is BUSY", CONSOLE, 2,
                  failure(ERR_BUSY), 5, 2);
    check_command("console: abort", CONSOLE, 3, success, 1, 2);
    e = syscall_yield_wait_for(CONSOLE, READ);
    check("console: the read ends with CANCEL",
          e.value[0] == ERR_CANCEL && e.value[1] == 0 && e.value[2] == 0);
    check("console: and with one event", no_event());
    check_command("console: then one can read again", CONSOLE, 2, success, 5,
                  2);
    (void)command(CONSOLE, 3, 0, 0);
    (void)syscall_yield_wait_for(CONSOLE, READ);
}

/* ---- LED and low-level debug --------------------------------------------------- */

static void led(void)
{
    check_command("LED: command 0 counts them", LED, 0, value(2), 1, 2);
    check_command("LED: on", LED, 1, success, 1, 2);
    check_command("LED: is on", LED, 4, value(1), 1, 2);
    check_command("LED: toggle", LED, 3, success, 1, 2);
    check_command("LED: is off", LED, 4, value(0), 1, 2);
    check_command("LED: off", LED, 2, success, 1, 2);
    for (uint32_t number = 1; number <= 4; number++) {
        check_command("LED: one that is not there is INVAL", LED, number,
                      failure(ERR_INVAL), 2, 2);
        check_command("LED: nor is the highest", LED, number,
                      failure(ERR_INVAL), 0xFFFFFFFF, 2);
    }
    check_command("LED: command 5 is NOSUPPORT", LED, 5, failure(ERR_NOSUPPORT),
                  1, 2);
}

static void debug(void)
{
    check_command("debug: exists", DEBUG, 0, success, 1, 2);
    check_command("debug: alert", DEBUG, 1, success, 0x2, 2);
    check_command("debug: number", DEBUG, 2, success, 0xBEEF, 2);
    check_command("debug: two numbers", DEBUG, 3, success, 0, 0xFFFFFFFF);
    check_command("debug: command 4 is NOSUPPORT", DEBUG, 4,
                  failure(ERR_NOSUPPORT), 1, 2);
}

/* ---- process info ---------------------------------------------------------------- */

static void lend(void *bytes, uint32_t length)
{
    memset(bytes, 0xEE, 20);
    (void)syscall_allow_rw(INFO, 0, bytes, length);
}

static void info(void)
{
    static union {
        uint32_t word[5];
        char byte[20];
    } out;
    check_command("info: exists", INFO, 0, success, 1, 2);
    check_command("info: an app without authority sees one process", INFO, 1,
                  value(1), 1, 2);
    (void)syscall_allow_rw(INFO, 0, NULL, 0);
    check_command("info: ids without a buffer are counted", INFO, 2, value(1),
                  1, 2);
    lend(&out, 20);
    check_command("info: ids", INFO, 2, value(1), 1, 2);
    uint32_t self = out.word[0];
    check("info: its own id and no more",
          self != 0 && self != 0xEEEEEEEE && out.word[1] == 0xEEEEEEEE);
    lend(&out, 20);
    check_command("info: ShortIds", INFO, 3, value(1), 1, 2);
    check("info: its own ShortId", out.word[0] == 0x1234);
    lend(&out, 20);
    check_command("info: the name's length", INFO, 4, value(11), self, 2);
    check("info: the name", memcmp(out.byte, "abi_drivers\xEE", 12) == 0);
    lend(&out, 5);
    check_command("info: the whole length of a name that is cut", INFO, 4,
                  value(11), self, 2);
    check("info: the name, cut", memcmp(out.byte, "abi_d\xEE", 6) == 0);
    lend(&out, 20);
    check_command("info: counters", INFO, 5, success, self, 2);
    check("info: no restarts, running, four words",
          out.word[1] > 50 && out.word[2] == 0 && out.word[3] == 0 &&
              out.word[4] == 0xEEEEEEEE);
    lend(&out, 7);
    (void)command(INFO, 5, self, 0);
    check("info: whole words only",
          out.word[0] != 0xEEEEEEEE && out.word[1] == 0xEEEEEEEE);
    check_command("info: the name of another is INVAL", INFO, 4,
                  failure(ERR_INVAL), self ^ 1, 2);
    check_command("info: counters of another are INVAL", INFO, 5,
                  failure(ERR_INVAL), 0, 2);
    check_command("info: an earlier life is nobody", INFO, 5,
                  failure(ERR_INVAL), self - 0x100, 2);
    for (uint32_t order = 1; order <= 5; order++) {
        check_command("info: orders need authority", INFO, 6,
                      failure(ERR_NOSUPPORT), self, order);
    }
    check_command("info: command 7 is NOSUPPORT", INFO, 7,
                  failure(ERR_NOSUPPORT), self, 2);
    (void)syscall_allow_rw(INFO, 0, NULL, 0);
}

/* ---- read-only state ---------------------------------------------------------------- */

static volatile union {
    uint32_t word[5];
    uint64_t ticks[2];
} shown;

static void share(uint32_t length)
{
    (void)syscall_allow_ur(STATE, 0, NULL, 0);
    for (int i = 0; i < 5; i++) {
        shown.word[i] = 0xEEEEEEEE;
    }
    (void)syscall_allow_ur(STATE, 0, &shown, length);
}

/* Blocks, so that the kernel switches back. */
static void switch_once(void)
{
    uint32_t expiry = command(ALARM, 5, 1000, 0);
    (void)fires_at(expiry);
}

static void state(void)
{
    subscribe_alarm(NULL);
    check_command("state: exists", STATE, 0, success, 1, 2);
    check_command("state: version 1", STATE, 1, value(1), 1, 2);
    share(20);
    switch_once();
    uint32_t count = shown.word[0];
    switch_once();
    check("state: each switch counts", shown.word[0] - count == 1);
    uint64_t ticks = shown.ticks[1];
    check("state: ticks are the time, all 64 bits",
          (uint32_t)ticks - (now() - PROMPT) < PROMPT && ticks >> 32 >= 2);
    check("state: nothing behind the 16 bytes", shown.word[4] == 0xEEEEEEEE);
    (void)command(CONSOLE, 2, 0, 0);
    (void)command(CONSOLE, 2, 0, 0);
    switch_once();
    check_equal("state: pending events", shown.word[1], 2);
    (void)syscall_subscribe(CONSOLE, READ, NULL, NULL);
    switch_once();
    check_equal("state: none pending", shown.word[1], 0);
    share(8);
    switch_once();
    check("state: 8 bytes hold two words",
          shown.word[1] != 0xEEEEEEEE && shown.word[2] == 0xEEEEEEEE);
    share(7);
    switch_once();
    check("state: 7 bytes hold one",
          shown.word[0] != 0xEEEEEEEE && shown.word[1] == 0xEEEEEEEE);
    share(3);
    switch_once();
    check("state: 3 bytes hold none", shown.word[0] == 0xEEEEEEEE);
    struct quad in = QUAD(STATE, 0, 0, 0);
    check_call("state: taken back", SYSCALL_ALLOW_UR, in,
               QUAD(SYSRET_SUCCESS_2U32, address_of(&shown), 3, KEEP));
    switch_once();
    check("state: then nothing is written", shown.word[0] == 0xEEEEEEEE);
}

int main(void)
{
    alarm_commands();
    alarm_edges();
    alarm_wrap();
    alarm_again();
    console_write();
    console_twice();
    console_read();
    led();
    debug();
    info();
    state();
    return check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Yield in all its kinds, and the queue behind it. Two sources of events that
 * answer inside the command itself: an alarm of 0 ticks (one event at most) and
 * a console read of length 0 (as many as one likes). A third, an alarm in the
 * future, for waiting. */
#include "check.h"

#include <berth/memory.h>

enum { ALARM = DRIVER_ALARM, CONSOLE = DRIVER_CONSOLE, READ = 2 };
enum { QUEUE = 8 }; /* events the kernel keeps for a process */

#define SOON 1000u /* ticks */

/* Which upcalls have run: their userdata, in order. */
static volatile char ran[32];
static volatile unsigned ran_count;
static volatile uint32_t seen[4]; /* by the last of them */

static void note(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    seen[0] = a0, seen[1] = a1, seen[2] = a2, seen[3] = address_of(userdata);
    if (ran_count < sizeof ran - 1) {
        ran[ran_count++] = (char)address_of(userdata);
    }
}

static bool have_run(const char *what)
{
    unsigned n = 0;
    while (n < ran_count && what[n] == ran[n]) {
        n++;
    }
    bool same = n == ran_count && what[n] == '\0';
    ran_count = 0;
    return same;
}

static void *name(char c)
{
    return (void *)(uintptr_t)(uint32_t)c;
}

static void subscribe(uint32_t driver, uint32_t number, upcall_fn *f, char c)
{
    (void)syscall_subscribe(driver, number, f, name(c));
}

/* The alarm's event at once; what it answers is its second value. */
static uint32_t alarm_now(void)
{
    return syscall_command(ALARM, 5, 0, 0).value[0];
}

static uint32_t alarm_soon(void)
{
    return syscall_command(ALARM, 5, SOON, 0).value[0];
}

static void read_now(void)
{
    (void)syscall_command(CONSOLE, READ, 0, 0);
}

static bool no_wait(void)
{
    return syscall_yield_no_wait() != 0;
}

/* Nothing queued, nobody subscribed. */
static void reset(void)
{
    (void)syscall_command(ALARM, 3, 0, 0);
    subscribe(ALARM, 0, NULL, 0);
    subscribe(CONSOLE, READ, NULL, 0);
    ran_count = 0;
}

/* ---- yield-no-wait ----------------------------------------------------------- */

static struct quad no_wait_raw(uint32_t flag)
{
    return call(SYSCALL_YIELD, QUAD(YIELD_NO_WAIT, flag, 0x22, 0x33));
}

static void no_wait_flag(void)
{
    static volatile uint8_t flag[3] = { 0xAA, 0xAA, 0xAA };
    uint32_t at = address_of(&flag[1]);
    reset();
    struct quad in = QUAD(YIELD_NO_WAIT, at, 0x22, 0x33);
    check_quad("no-wait with nothing queued changes no register", in,
               no_wait_raw(at), QUAD(KEEP, KEEP, KEEP, KEEP));
    check("no-wait with nothing queued writes 0 to its byte only",
          flag[0] == 0xAA && flag[1] == 0 && flag[2] == 0xAA);

    uint32_t nowhere[] = {
        0,
        4,
        0x80000000,
        0xFFFFFFFF,
        address_of(berth_memory_ram_start()) - 1,
        address_of(berth_memory_break()),
        address_of(berth_memory_ram_end()) - 1,
        address_of(berth_memory_flash_end()) - 1,
        0x10000000,
    };
    for (unsigned i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        in.r[1] = nowhere[i];
        check_quad("no-wait with a byte elsewhere is harmless", in,
                   no_wait_raw(nowhere[i]), QUAD(KEEP, KEEP, KEEP, KEEP));
    }
}

static void no_wait_events(void)
{
    reset();
    subscribe(ALARM, 0, note, 'A');
    uint32_t expiry = alarm_now();
    check("no-wait with an event queued says so and runs it",
          no_wait() && have_run("A"));
    check("the upcall got the event's values and its userdata",
          seen[1] == expiry && seen[2] == 0 && seen[3] == 'A');
    check("it runs once", !no_wait() && have_run(""));
}

static void no_wait_null(void)
{
    reset();
    uint32_t expiry = alarm_now();
    check("no-wait with only null upcalls queued returns at once",
          !no_wait() && have_run(""));
    struct event e = syscall_yield_wait_for(ALARM, 0);
    check_equal("and the event is still there for wait-for", e.value[1],
                expiry);
    (void)alarm_now();
    subscribe(CONSOLE, READ, note, 'R');
    read_now();
    check("no-wait goes past a null upcall to one that is none",
          no_wait() && have_run("R") && !no_wait());
}

/* ---- yield-wait ---------------------------------------------------------------- */

static void wait_order(void)
{
    reset();
    subscribe(ALARM, 0, note, 'A');
    subscribe(CONSOLE, READ, note, 'R');
    read_now();
    (void)alarm_now();
    read_now();
    syscall_yield_wait();
    check("one yield runs one upcall, the oldest", have_run("R"));
    syscall_yield_wait();
    syscall_yield_wait();
    check("the others follow in order", have_run("AR"));
    check("then there is none", !no_wait());
}

static void wait_null(void)
{
    reset();
    read_now();
    subscribe(ALARM, 0, note, 'A');
    uint32_t expiry = alarm_soon();
    syscall_yield_wait();
    check("wait goes past a null upcall and blocks for one that is none",
          have_run("A") && seen[1] == expiry);
    syscall_yield_wait_for(CONSOLE, READ);
    check("the null upcall's event is still there", true);

    subscribe(CONSOLE, READ, NULL, 0);
    (void)alarm_soon();
    read_now();
    syscall_yield_wait();
    check("a null upcall's event does not end a wait", have_run("A"));
    (void)syscall_yield_wait_for(CONSOLE, READ);
}

static void nesting(uint32_t a0, uint32_t a1, uint32_t a2, void *userdata)
{
    note(a0, a1, a2, userdata);
    syscall_yield_wait();
    note(a0, a1, a2, name('e'));
}

static void wait_nested(void)
{
    reset();
    subscribe(CONSOLE, READ, nesting, 'N');
    subscribe(ALARM, 0, note, 'A');
    read_now();
    (void)alarm_soon();
    syscall_yield_wait();
    check("an upcall may wait, and another runs inside it", have_run("NAe"));
    read_now();
    read_now();
    (void)alarm_now();
    syscall_yield_wait();
    check("the same upcall may run inside itself", have_run("NNAee"));
}

/* ---- yield-wait-for -------------------------------------------------------------- */

static void wait_for_queued(void)
{
    reset();
    subscribe(ALARM, 0, note, 'A');
    subscribe(CONSOLE, READ, note, 'R');
    read_now();
    uint32_t expiry = alarm_now();
    read_now();
    struct quad in = QUAD(YIELD_WAIT_FOR, ALARM, 0, 0x33);
    struct quad got = call(SYSCALL_YIELD, in);
    check("wait-for takes an event out of the middle and calls nothing",
          got.r[1] == expiry && got.r[2] == 0 && have_run(""));
    check_equal("wait-for leaves a3", got.r[3], 0x33);
    syscall_yield_wait();
    syscall_yield_wait();
    check("the events around it stayed, in order",
          have_run("RR") && !no_wait());
}

static void wait_for_blocks(void)
{
    reset();
    uint32_t expiry = alarm_soon();
    struct quad in = QUAD(YIELD_WAIT_FOR, ALARM, 0, 0x33);
    struct quad got = call(SYSCALL_YIELD, in);
    check("wait-for blocks until the event, without a subscription",
          got.r[0] - expiry < 0x10000 && got.r[1] == expiry && got.r[2] == 0);
    check_equal("and then leaves a3", got.r[3], 0x33);

    subscribe(ALARM, 0, note, 'A');
    expiry = alarm_soon();
    check("wait-for does not call the upcall that is subscribed",
          syscall_yield_wait_for(ALARM, 0).value[1] == expiry && have_run("") &&
              !no_wait());

    subscribe(CONSOLE, READ, note, 'R');
    (void)alarm_soon();
    read_now();
    (void)syscall_yield_wait_for(ALARM, 0);
    check("what came before the awaited event stays queued",
          have_run("") && no_wait() && have_run("R"));
}

static void wait_for_oldest(void)
{
    reset();
    read_now();
    subscribe(ALARM, 0, note, 'A');
    (void)alarm_now();
    read_now();
    (void)syscall_yield_wait_for(CONSOLE, READ);
    (void)syscall_yield_wait_for(CONSOLE, READ);
    check("wait-for takes one event at a time", no_wait() && have_run("A"));
}

/* ---- subscribe and the queue -------------------------------------------------------- */

static void resubscribe(void)
{
    reset();
    subscribe(ALARM, 0, note, 'A');
    (void)alarm_now();
    subscribe(ALARM, 0, note, 'B');
    check("subscribe drops events that have a function", !no_wait());

    subscribe(ALARM, 0, NULL, 0);
    uint32_t stale = alarm_now();
    subscribe(ALARM, 0, NULL, 0);
    uint32_t fresh = alarm_soon();
    check("subscribe drops events that have none",
          syscall_yield_wait_for(ALARM, 0).value[1] == fresh && fresh != stale);

    stale = alarm_now();
    subscribe(ALARM, 0, note, 'C');
    check("an event from before does not reach a new function", !no_wait());

    subscribe(CONSOLE, READ, note, 'R');
    read_now();
    (void)alarm_now();
    read_now();
    subscribe(ALARM, 0, NULL, 0);
    check("events of others stay",
          no_wait() && no_wait() && !no_wait() && have_run("RR"));

    read_now();
    (void)syscall_subscribe(CONSOLE, READ, (upcall_fn *)4, name('X'));
    (void)syscall_subscribe(CONSOLE, 77, note, name('X'));
    check("a subscribe that fails drops nothing", no_wait() && have_run("R"));
}

/* ---- a full queue ---------------------------------------------------------------------- */

static unsigned drain(void)
{
    unsigned count = 0;
    while (no_wait()) {
        count++;
    }
    ran_count = 0;
    return count;
}

static void full_queue(void)
{
    reset();
    subscribe(CONSOLE, READ, note, 'R');
    for (unsigned i = 0; i < QUEUE; i++) {
        read_now();
    }
    check_equal("the queue keeps its 8 events", drain(), QUEUE);

    for (unsigned i = 0; i < QUEUE; i++) {
        read_now();
    }
    uint32_t expiry = alarm_soon();
    check_equal("an awaited event comes through a full queue",
                syscall_yield_wait_for(ALARM, 0).value[1], expiry);
    subscribe(ALARM, 0, note, 'A');
    check_equal("and the queue is as it was", drain(), QUEUE);

    subscribe(CONSOLE, READ, NULL, 0);
    for (unsigned i = 0; i < QUEUE; i++) {
        read_now();
    }
    (void)alarm_soon();
    syscall_yield_wait();
    check("a wait ends though the queue is full of null upcalls",
          have_run("A"));
    (void)alarm_now();
    check("an event with a function has room among null upcalls",
          no_wait() && have_run("A"));
}

/* What a driver owes when the queue was full comes once there is room. */
static void owed(void)
{
    reset();
    subscribe(CONSOLE, READ, note, 'R');
    for (unsigned i = 0; i < QUEUE + 1; i++) {
        read_now();
    }
    check_equal("of nine events eight are there", drain(), QUEUE);
    syscall_yield_wait();
    check("and the ninth comes later", have_run("R"));
}

int main(void)
{
    /* The console's grant exists from the first line on. */
    printf("abi_yield: begins\n");
    no_wait_flag();
    no_wait_events();
    no_wait_null();
    wait_order();
    wait_null();
    wait_nested();
    wait_for_queued();
    wait_for_blocks();
    wait_for_oldest();
    resubscribe();
    full_queue();
    owed();
    return check_end();
}

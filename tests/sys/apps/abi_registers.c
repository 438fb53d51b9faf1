/* SPDX-License-Identifier: Apache-2.0 */
/* Every register, x1 to x31, over every class of system call, over upcalls and
 * over being pre-empted: only return registers may change. Each case is run
 * twice, with two registers in turn as the one that finds the frame, so that
 * each register, sp included, holds a pattern in one run at least. */
#include "check.h"

#include <berth/memory.h>
#include <string.h>

enum { RA = 1, SP = 2, T0 = 5, A0 = 10, A1, A2, A3, A4, T6 = 31, ALL = 32 };

#define BIT(n) (1u << (n))
#define ONE_VALUE BIT(A0)
#define TWO_VALUES (ONE_VALUE | BIT(A1))
#define THREE_VALUES (TWO_VALUES | BIT(A2))
#define FOUR_VALUES (THREE_VALUES | BIT(A3))

#define SOON 1000u             /* ticks */
#define SPINS 15000000u        /* some three time slices of computing */
#define LARGE 4096u            /* a step the kernel zeroes in pieces */
#define CLASS_REST 0x5A5A5A00u /* above the low 8 bits of a4 */

/* Registers before, after, and at the entry of the upcall; [n] is xn. */
struct frame {
    uint32_t before[ALL], after[ALL], upcall[ALL];
};

/* abi_registers.S */
void call_by_sp(struct frame *frame);
void call_by_t6(struct frame *frame);
void spin_by_sp(struct frame *frame);
void spin_by_t6(struct frame *frame);
upcall_fn upcall_by_sp, upcall_by_t6;
extern const uint8_t behind_call_by_sp[], behind_call_by_t6[];

uint32_t registers_saved_sp;

/* ---- the two ways ------------------------------------------------------------ */

static const struct way {
    uint32_t base;
    void (*call)(struct frame *frame);
    void (*spin)(struct frame *frame);
    upcall_fn *upcall;
    const uint8_t *behind;
} ways[] = {
    { SP, call_by_sp, spin_by_sp, upcall_by_sp, behind_call_by_sp },
    { T6, call_by_t6, spin_by_t6, upcall_by_t6, behind_call_by_t6 },
};

static struct frame frame;

static void pattern(void)
{
    for (uint32_t n = 0; n < ALL; n++) {
        frame.before[n] = 0xA5C30000u | n << 8 | (n ^ 0xFF);
    }
    memset(frame.after, 0, sizeof frame.after);
    memset(frame.upcall, 0, sizeof frame.upcall);
}

static bool same(const uint32_t *got, const uint32_t *want, uint32_t base,
                 uint32_t but)
{
    bool is_same = true;
    for (uint32_t n = 1; n < ALL; n++) {
        if (n != base && (but & BIT(n)) == 0 && got[n] != want[n]) {
            printf("     x%lu is 0x%lx, want 0x%lx\n", (unsigned long)n,
                   (unsigned long)got[n], (unsigned long)want[n]);
            is_same = false;
        }
    }
    return is_same;
}

/* ---- what is called -------------------------------------------------------------- */

enum before { NOTHING, QUEUED, COMING };

struct row {
    const char *clause;
    uint32_t class;
    struct quad in;
    uint32_t returns; /* the registers that may change */
    enum before event;
};

#define IN(a, b, c, d)                                                         \
    {                                                                          \
        {                                                                      \
            (a), (b), (c), (d)                                                 \
        }                                                                      \
    }
enum { ALARM = DRIVER_ALARM, CONSOLE = DRIVER_CONSOLE };

static const struct row rows[] = {
    { "yield-no-wait", SYSCALL_YIELD, IN(0, 0, 1, 2), 0, NOTHING },
    { "yield of an unknown kind", SYSCALL_YIELD, IN(9, 0, 1, 2), 0, NOTHING },
    { "yield-wait-for, queued", SYSCALL_YIELD, IN(2, ALARM, 0, 2), THREE_VALUES,
      QUEUED },
    { "yield-wait-for, blocked", SYSCALL_YIELD, IN(2, ALARM, 0, 2),
      THREE_VALUES, COMING },
    { "subscribe", SYSCALL_SUBSCRIBE, IN(CONSOLE, 2, 0, 5), THREE_VALUES,
      NOTHING },
    { "subscribe, refused", SYSCALL_SUBSCRIBE, IN(CONSOLE, 9, 0, 5),
      FOUR_VALUES, NOTHING },
    { "command", SYSCALL_COMMAND, IN(CONSOLE, 0, 1, 2), ONE_VALUE, NOTHING },
    { "command with a value", SYSCALL_COMMAND, IN(ALARM, 1, 1, 2), TWO_VALUES,
      NOTHING },
    { "command, refused", SYSCALL_COMMAND, IN(CONSOLE, 99, 1, 2), TWO_VALUES,
      NOTHING },
    { "command, no driver", SYSCALL_COMMAND, IN(0x12345, 0, 1, 2), TWO_VALUES,
      NOTHING },
    { "command that leads through the kernel's loop", SYSCALL_COMMAND,
      IN(CONSOLE, 1, 0, 2), ONE_VALUE, NOTHING },
    { "read-write allow", SYSCALL_ALLOW_RW, IN(CONSOLE, 0, 0, 0), THREE_VALUES,
      NOTHING },
    { "read-write allow, refused", SYSCALL_ALLOW_RW, IN(CONSOLE, 0, 4, 4),
      FOUR_VALUES, NOTHING },
    { "read-only allow", SYSCALL_ALLOW_RO, IN(CONSOLE, 0, 0, 0), THREE_VALUES,
      NOTHING },
    { "read-only allow, refused", SYSCALL_ALLOW_RO, IN(CONSOLE, 9, 0, 0),
      FOUR_VALUES, NOTHING },
    { "userspace-readable allow", SYSCALL_ALLOW_UR,
      IN(DRIVER_READ_ONLY_STATE, 0, 0, 0), THREE_VALUES, NOTHING },
    { "userspace-readable allow, refused", SYSCALL_ALLOW_UR,
      IN(CONSOLE, 0, 0, 0), FOUR_VALUES, NOTHING },
    { "memop", SYSCALL_MEMOP, IN(2, 7, 1, 2), TWO_VALUES, NOTHING },
    { "memop without a value", SYSCALL_MEMOP, IN(10, 7, 1, 2), ONE_VALUE,
      NOTHING },
    { "memop, refused", SYSCALL_MEMOP, IN(99, 7, 1, 2), TWO_VALUES, NOTHING },
    { "memop that reads the header", SYSCALL_MEMOP, IN(7, 7, 1, 2), TWO_VALUES,
      NOTHING },
    { "sbrk in pieces", SYSCALL_MEMOP, IN(1, LARGE, 1, 2), TWO_VALUES,
      NOTHING },
    { "sbrk back", SYSCALL_MEMOP, IN(1, 0u - LARGE, 1, 2), TWO_VALUES,
      NOTHING },
    { "exit of an unknown kind", SYSCALL_EXIT, IN(9, 7, 1, 2), TWO_VALUES,
      NOTHING },
};

static void arguments(const struct row *row)
{
    pattern();
    memcpy(&frame.before[A0], row->in.r, sizeof row->in);
    frame.before[A4] = CLASS_REST | row->class;
}

static void prepare(enum before event, upcall_fn *f, uint32_t userdata)
{
    (void)syscall_subscribe(ALARM, 0, f, (void *)(uintptr_t)userdata);
    if (event != NOTHING) {
        (void)syscall_command(ALARM, 5, event == QUEUED ? 0 : SOON, 0);
    }
}

static void calls(const struct way *way)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        prepare(row->event, NULL, 0);
        arguments(row);
        way->call(&frame);
        bool holds = same(frame.after, frame.before, way->base, row->returns);
        char clause[80];
        snprintf(clause, sizeof clause, "%s keeps the registers", row->clause);
        check(clause, holds);
    }
}

/* ---- upcalls ----------------------------------------------------------------------- */

/* The upcall's view: the event's values and userdata as arguments, ra behind
 * the ecall, all else as it was. Then its return, which changes nothing more. */
static void upcall(const struct way *way, const char *clause, uint32_t kind,
                   enum before event)
{
    const struct row row = { clause, SYSCALL_YIELD, IN(kind, 0, 1, 2), 0,
                             event };
    prepare(event, way->upcall, 0xFEEDF00D);
    arguments(&row);
    way->call(&frame);

    uint32_t want[ALL];
    memcpy(want, frame.before, sizeof want);
    want[RA] = address_of(way->behind);
    want[A2] = 0;
    want[A3] = 0xFEEDF00D;
    char text[80];
    bool holds = same(frame.upcall, want, way->base, BIT(A0) | BIT(A1));
    snprintf(text, sizeof text, "%s: registers at the upcall's entry", clause);
    check(text, holds);
    holds = same(frame.after, frame.upcall, way->base, 0);
    snprintf(text, sizeof text, "%s: the upcall returns behind the ecall",
             clause);
    check(text, holds);
}

static void upcalls(const struct way *way)
{
    upcall(way, "no-wait", YIELD_NO_WAIT, QUEUED);
    upcall(way, "wait, queued", YIELD_WAIT, QUEUED);
    upcall(way, "wait, blocked", YIELD_WAIT, COMING);
}

/* ---- pre-emption -------------------------------------------------------------------- */

static void preempted(const struct way *way)
{
    (void)syscall_subscribe(ALARM, 0, NULL, NULL);
    (void)syscall_command(ALARM, 5, SOON, 0); /* an interrupt of one's own */
    pattern();
    frame.before[T0] = SPINS;
    way->spin(&frame);
    bool holds = same(frame.after, frame.before, way->base, BIT(T0));
    check("being pre-empted keeps the registers", holds);
    (void)syscall_yield_wait_for(ALARM, 0);
}

int main(void)
{
    for (unsigned i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        calls(&ways[i]);
        upcalls(&ways[i]);
        preempted(&ways[i]);
    }
    return check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A machine for the kernel itself: the real kernel/ files run on it, on the
 * host. It has app flash and app RAM at 32-bit addresses, a clock with a
 * comparator, a wall (the protection image in force), and in place of apps
 * functions of the test that are called whenever their process runs.
 *
 *     machine_boot(drivers, count);             // once per test
 *     struct process *p = machine_start(&(struct app){ .name = "a" });
 *     machine_call(p, SYSCALL_COMMAND, DRIVER_X, 1, 0, 0);
 *     assert_answer(p, SYSRET_SUCCESS_U32, 7);
 *
 * The kernel keeps state of its own that nothing resets, so each test is a
 * process of its own: machine_main() runs them.
 *
 * The wall is what Smepmp makes of it: while a process is walled in, memory it
 * has is out of the kernel's reach but through the checked copies; to
 * AddressSanitizer it is poisoned. Around app flash and app RAM nothing is
 * mapped. A panic of the kernel fails the test unless expect_panic() waits. */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kernel/process.h>
#include <kernel/report.h>

#define MACHINE_FLASH 0x20000000u
#define MACHINE_FLASH_SIZE 0x20000u
#define MACHINE_RAM 0x40000000u
#define MACHINE_RAM_SIZE 0x4000u
#define MACHINE_HZ 1000000u
extern uint32_t machine_hz;  /* begins as that */
#define MACHINE_SLICE 10000u /* ticks, as slice_ms says below */

enum { MACHINE_SLOTS = 4, MACHINE_RESERVED = 2 };

/* ---- boot ------------------------------------------------------------------ */

/* The board's word, a constant to the kernel, to be changed before machine_boot():
 * round robin, slices of 10 ms, faults stop an app, no watchdog. */
extern struct kernel_config machine_config __asm__("kernel_config");

void machine_boot(const struct driver *drivers, uint32_t count);

/* Each test in a process of its own, twice: on a lean board too. Not 0: some
 * failed. */
int machine_main(const struct CMUnitTest *tests, size_t count);

/* ---- apps ------------------------------------------------------------------- */

/* What a TBF says. Zeros are the usual: 1 KiB of RAM, kernel 2.0, no fixed
 * addresses, no permissions, no writeable flash. */
struct app {
    const char *name;
    uint32_t ram;
    uint32_t fixed_ram, fixed_flash;
    uint32_t kernel_major, kernel_minor;
    uint32_t short_id;
    uint32_t trailer; /* protected bytes between header and binary */
    bool no_kernel_version;
    bool has_permissions; /* even if there are none of them */
    const struct tbf_permission *permissions;
    uint32_t permission_count;
    const struct tbf_span *writeable; /* offsets count from the binary */
    uint32_t writeable_count;
    uint32_t descriptor; /* of relocation, from the binary's start; 0: none */
    uint32_t version;    /* 0: it has none */
    uint32_t binary;     /* its length; 0: 256 bytes */
    bool is_disabled;
};

/* Write the object to `to`, which has room for `cap` bytes: its size. The bytes
 * of the binary are left as they are. */
uint32_t machine_object(const struct app *app, uint8_t *to, uint32_t cap);

/* Put it into flash behind the one before; its address. */
uint32_t machine_flash(const struct app *app);
/* Parse and load it. */
struct load_report machine_load(uint32_t flash);
/* Both, and it has to work. */
struct process *machine_start(const struct app *app);
/* The process in a slot. */
struct process *machine_process(uint32_t slot);
/* Everything process_inspect() tells of a process. */
struct process_info machine_info(const struct process *p);

/* Byte, word of an app's memory, past the wall. */
uint8_t machine_peek(uint32_t at);
void machine_poke(uint32_t at, uint8_t byte);
uint32_t machine_word(uint32_t at);

/* ---- system calls -------------------------------------------------------------- */

/* As trap.S does it: a0 to a3 and the class from the context, the answer into
 * it, a memop or command that is put back made again. How often it was made. */
uint32_t machine_call(struct process *p, uint32_t class, uint32_t a0,
                      uint32_t a1, uint32_t a2, uint32_t a3);

/* Requests, deferred calls and timers that are due, as the loop has them. */
void machine_settle(void);

/* The slot that would run now, -1 if nobody can. */
int machine_next(void);

/* ---- time, devices ---------------------------------------------------------------- */

extern uint64_t machine_now;
extern uint64_t machine_comparator; /* UINT64_MAX: never */

/* At that time a device interrupts; `serve` is what its handler does. */
void machine_interrupt_at(uint64_t time, void (*serve)(void));

/* ---- the loop ---------------------------------------------------------------------- */

/* Called again and again while `p` has the processor: make at most one system
 * call, or machine_fault(), or machine_spend(); each costs a tick at least. */
typedef void machine_script(struct process *p);

/* What trap.S does with an interrupt that takes the processor from an app; true
 * when it goes on in the kernel's loop. */
bool machine_interrupt(uint32_t cause);

void machine_spend(uint64_t ticks); /* cut short by the next interrupt */
void machine_fault(uint32_t cause, uint32_t value);

/* kernel_run(), until the clock says `until` or all is quiet for ever. Once per
 * test. */
void machine_run(machine_script *script, uint64_t until);

extern uint32_t machine_idled; /* how often the kernel has slept */
extern uint32_t machine_loads; /* how often a wall was raised */
/* Whose wall is in force; what is denied by it. */
bool machine_is_walled(const struct process *p);

/* ---- assertions ---------------------------------------------------------------------- */

/* a0 and a1 of the app; of `value` nothing is asked of a plain success. */
#define assert_answer(p, variant, value)                                       \
    assert_answer_at((p), (variant), (value), __FILE__, __LINE__)
void assert_answer_at(const struct process *p, uint32_t variant, uint32_t value,
                      const char *file, int line);
#define assert_refused(p, error)                                               \
    assert_answer((p), SYSRET_FAILURE, (uint32_t)(error))

/* `what` is a statement in which the kernel must panic. */
#define expect_panic(what) expect_assert_failure(what)

#define A(p, n) ((p)->context.x[CONTEXT_A0 + (n)])

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel as a driver sees it (kernel/driver.h), scripted: for unit tests of
 * drivers, on the host. A test is:
 *
 *     static struct led_driver led = { leds, 2 };
 *     static const struct driver table[] = {
 *         { DRIVER_LED, &led_driver_ops, &led, NULL },
 *     };
 *     fake_boot(table, 1);                      // grants get their index
 *     struct process *p = fake_process("app");
 *     fake_allow_ro(p, DRIVER_X, 1, fake_text(p, "hello"), 5);
 *     assert_success(fake_command(p, DRIVER_LED, 1, 0, 0));
 *     fake_settle();                            // deferred calls run
 *     fake_pass_ms(100);                        // time passes, timers fire
 *     assert_upcall(p, DRIVER_X, 1, 5, 0, 0);
 *     fake_end();                               // in the teardown
 *
 * User memory, grants and processes are heap blocks of exact size, freed when
 * the process dies, so AddressSanitizer sees a driver that keeps what it may
 * not keep. What the fake finds wrong with a driver fails the test. */
#ifndef TESTS_FAKE_KERNEL_H
#define TESTS_FAKE_KERNEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kernel/driver.h>
#include <kernel/process_admin.h>

#define FAKE_HZ 1000000u
#define FAKE_MEMORY 4096u /* bytes an app has */
#define FAKE_QUEUE 8u     /* events that may wait, but for one waited for */

enum { FAKE_SLOTS = 4, FAKE_GRANTS = 32, FAKE_NUMBERS = 4 };

struct fake_upcall {
    uint32_t driver, number, args[3];
};

struct fake_grant {
    void *data; /* NULL: not created */
    struct uslice ro[FAKE_NUMBERS], rw[FAKE_NUMBERS];
};

/* A scripted process. Tests may read and set all of it. */
struct process {
    struct process_info info; /* pid and what process_admin.h shows */
    const char *long_name;    /* instead of that in info, or NULL */
    uint32_t base;            /* of its memory, as the app sees it */
    uint8_t *memory;
    uint32_t used; /* of the memory, by fake_text() and fake_space() */
    struct fake_grant grants[FAKE_GRANTS];
    bool no_room; /* grants can no longer be created */
    struct fake_upcall queue[FAKE_QUEUE + 1];
    uint32_t queued;
    bool waits; /* for that event, which then finds room always */
    uint32_t waits_driver, waits_number;
    bool resumed_told;
    uint32_t wide; /* the third register of the answer to its last wide call */
};

/* ---- life ------------------------------------------------------------------ */

void fake_boot(const struct driver *drivers, size_t count);
void fake_end(void);
struct process *fake_process(const char *name);
/* Its drivers are told, then it and its grants are no more. */
void fake_die(struct process *p);

/* ---- the app's side ---------------------------------------------------------- */

struct sysret fake_command(struct process *p, uint32_t driver, uint32_t number,
                           uint32_t arg1, uint32_t arg2);
/* Swap a buffer; length 0 revokes. What the app gets back. */
err_t fake_allow_ro(struct process *p, uint32_t driver, uint32_t number,
                    uint32_t addr, uint32_t len);
err_t fake_allow_rw(struct process *p, uint32_t driver, uint32_t number,
                    uint32_t addr, uint32_t len);
err_t fake_allow_ur(struct process *p, uint32_t driver, uint32_t number,
                    struct uslice *slice);
/* Room in the app's memory, zeroed or with a text in it; its address. */
uint32_t fake_space(struct process *p, uint32_t len);
uint32_t fake_text(struct process *p, const char *text);
/* The app's memory at that address. */
uint8_t *fake_bytes(struct process *p, uint32_t addr);
uint32_t fake_word(struct process *p, uint32_t addr);
/* Take the oldest event; false if there is none. */
bool fake_upcall(struct process *p, struct fake_upcall *out);
/* Put an event of somebody else into the queue until `count` wait. */
void fake_fill_queue(struct process *p, uint32_t count);
/* The process goes on, as after the kernel's loop. */
void fake_resume(struct process *p);

/* ---- the world ---------------------------------------------------------------- */

/* Run deferred calls until there are none. */
void fake_settle(void);
/* Run one; false if there was none. */
bool fake_settle_one(void);
/* Let time pass, timers fire and deferred calls run. */
void fake_pass_ms(uint32_t ms);

/* What drivers of the loader did by process_admin.h, latest first. */
struct fake_admin {
    const char *verb; /* "stop", "resume", ...; NULL: nothing */
    pid_handle_t pid;
    err_t answer; /* to give for a live process; OK unless set */
};
extern struct fake_admin fake_admin;

/* ---- assertions ------------------------------------------------------------------ */

#define assert_success(r) assert_sysret((r), SYSRET_SUCCESS, 0)
#define assert_u32(r, v) assert_sysret((r), SYSRET_SUCCESS_U32, (v))
#define assert_failure(r, e) assert_sysret((r), SYSRET_FAILURE, (uint32_t)(e))
#define assert_sysret(r, variant, value)                                       \
    assert_sysret_at((r), (variant), (value), __FILE__, __LINE__)
#define assert_upcall(p, driver, number, a0, a1, a2)                           \
    assert_upcall_at((p), (driver), (number), (a0), (a1), (a2), __FILE__,      \
                     __LINE__)
#define assert_no_upcall(p) assert_int_equal((p)->queued, 0)

void assert_sysret_at(struct sysret r, uint32_t variant, uint32_t value,
                      const char *file, int line);
void assert_upcall_at(struct process *p, uint32_t driver, uint32_t number,
                      uint32_t a0, uint32_t a1, uint32_t a2, const char *file,
                      int line);

#endif

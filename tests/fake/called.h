/* SPDX-License-Identifier: Apache-2.0 */
/* A process that makes system calls to drivers that write down what reaches them, and
 * the proof that a refused call has changed nothing. */
#ifndef TESTS_FAKE_CALLED_H
#define TESTS_FAKE_CALLED_H

#include <string.h>

#include <tests/fake/machine.h>

enum {
    FULL = 0x10,   /* one of each: upcall, buffers */
    BARE = 0x20,   /* without a grant */
    HUGE = 0x30,   /* no app has room for its grant */
    SHARED = 0x40, /* with a userspace-readable buffer 0 */
    ODD = 0x50,    /* with a grant that ends in the middle of 8 bytes */
};

struct latest {
    void *self;
    uint32_t number, arg1, arg2;
    struct process *process;
};
extern struct latest latest;

struct sysret command(void *self, uint32_t number, uint32_t arg1, uint32_t arg2,
                      struct process *p);

extern struct uslice shared;
extern const struct driver_ops plain;
extern struct grant full;
extern struct grant huge;
extern struct grant odd;
extern int self_of_full;
extern const struct driver table[5];
extern struct process *app;
extern uint32_t ram, app_break, flash, binary, flash_end;

void boot_with(const struct app *spec);
void boot(void);
void remember(void);

/* But for the registers. */
void assert_unchanged(void);

struct refusal {
    uint32_t class, a0, a1, a2, a3;
    err_t error;
};

/* In one line's order of arguments: driver, number, address, length. */
void refusals_check(const struct refusal *list, size_t count);

#define CHECK(list) refusals_check((list), ARRAY_COUNT(list))

void assert_swapped(uint32_t old0, uint32_t old1);
uint32_t memop(uint32_t operand, uint32_t argument);

#endif

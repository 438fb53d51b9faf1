/* SPDX-License-Identifier: Apache-2.0 */
/* Those who look at every instruction. While there are any, the machine goes
 * one instruction at a time; what it does and when is the same. */
#ifndef TESTS_SIM_WATCH_H
#define TESTS_SIM_WATCH_H

struct machine;
struct trace; /* trace.h */
struct gdb;   /* gdb.h */

struct watch {
    struct trace *trace;
    struct gdb *gdb;
};

/* machine->watch, made if there is none; machine_free() frees it. */
struct watch *watch_of(struct machine *);

/* One instruction, or its trap. */
void watch_step(struct machine *);
/* The hart sleeps. */
void watch_sleep(struct machine *);

#endif

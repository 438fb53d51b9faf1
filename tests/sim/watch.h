/* SPDX-License-Identifier: Apache-2.0 */
/* Those who look at every instruction. While there are any, the machine goes
 * one instruction at a time; what it does and when is the same. */
#ifndef TESTS_SIM_WATCH_H
#define TESTS_SIM_WATCH_H

struct machine;
struct trace; /* trace.h */
struct gdb;   /* gdb.h */

/* Others, who live as long as the machine. Either may be missing. */
struct watcher {
    void (*before)(struct watcher *, struct machine *);
    void (*after)(struct watcher *, struct machine *);
    struct watcher *next;
};

struct watch {
    struct trace *trace;
    struct gdb *gdb;
    struct watcher *watchers;
};

/* machine->watch, made if there is none; machine_free() frees it. */
struct watch *watch_of(struct machine *);

void watch_add(struct machine *, struct watcher *);

/* One instruction, or its trap. */
void watch_step(struct machine *);
/* The hart sleeps. */
void watch_sleep(struct machine *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Processes on the fake machine (machine.h), one app at a time, under two drivers
 * that are told of each end: to start them, to give them orders, to break them. */
#ifndef TESTS_FAKE_LIVES_H
#define TESTS_FAKE_LIVES_H

#include <string.h>

#include <kernel/log.h>
#include <kernel/trace.h>
#include <pic/reloc.h>
#include <tests/fake/machine.h>

enum { WATCHER = 0x77, OTHER = 0x78 };

extern struct grant grant;
extern struct grant other_grant;

struct gone {
    uint32_t times, others;
    struct process *process;
    bool grant_was_there;
    pid_handle_t pid;
    bool makes_more; /* the watcher answers an end with a grant and events */
};
extern struct gone gone;

struct ordered {
    err_t (*order)(pid_handle_t pid);
    err_t answer;
};
extern struct ordered ordered;

extern uint32_t ends;

void count_end(void);
void boot(void);
struct process *start(void);
enum process_state state_of(const struct process *p);
void fault_now(struct process *p, uint32_t cause);
void order(err_t (*what)(pid_handle_t pid), struct process *p);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The last things that became of processes, in a ring that the board provides:
 * what a panic's dump tells besides the log. Nothing that happens often is
 * traced. For the kernel only. */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include <stdint.h>

#include <kernel/driver.h>

enum trace_event {
    TRACE_START,  /* value: where its binary lies */
    TRACE_EXIT,   /* value: the completion code */
    TRACE_FAULT,  /* value: the cause, as in struct trap */
    TRACE_STOP,   /* value: 0 */
    TRACE_RESUME, /* value: 0 */
    TRACE_REFUSE, /* value: enum load_error */
};

struct trace_entry {
    uint32_t when; /* low half of the kernel's time */
    pid_handle_t pid;
    uint32_t value;
    uint32_t event;
};

void trace(enum trace_event event, pid_handle_t pid, uint32_t value);

/* Entry n of those still kept, the oldest first; NULL after the last. */
const struct trace_entry *trace_read(uint32_t n);

const char *trace_text(uint32_t event);

#endif

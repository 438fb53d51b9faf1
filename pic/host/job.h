/* SPDX-License-Identifier: Apache-2.0 */
/* What one run of the link rewriter owns: its memory, what it refuses, and the
 * way out when it cannot go on. Nothing here ends the program or prints, so
 * that tests and fuzzers can run it as often as they like. */
#ifndef PIC_HOST_JOB_H
#define PIC_HOST_JOB_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <berth/compiler.h>

enum job_state {
    JOB_OK = 0,
    JOB_REFUSED,  /* the input cannot be used; the messages say why */
    JOB_INTERNAL, /* the rewriter made a mistake; nothing may be written */
    JOB_NO_MEMORY,
};

struct job_message {
    struct job_message *next;
    char *text;
};

struct job {
    enum job_state state;
    size_t refusals;
    size_t allocated;                     /* bytes so far */
    struct job_message *messages, **last; /* in the order they came */
    struct job_block *blocks;
    struct job_end *ends;
    jmp_buf *out;
};

/* Run work(job, argument) until it returns or gives up; the state it ended in.
 * What it allocated stays until job_free. */
enum job_state job_run(struct job *job, void (*work)(struct job *, void *),
                       void *argument);
void job_free(struct job *job);

/* Call function(argument) in job_free. */
void job_at_end(struct job *job, void (*function)(void *), void *argument);

/* Zeroed memory that lives as long as the job; never NULL. */
void *job_alloc(struct job *job, size_t count, size_t size);
/* `old`, of `count` elements, with room for `more` (of at least 1). */
void *job_grow(struct job *job, void *old, size_t count, size_t more,
               size_t size);
char *job_text(struct job *job, const char *format, ...) PRINTF_LIKE(2, 3);

/* One reason why the input cannot be used. The work goes on, to find others. */
void job_refuse(struct job *job, const char *format, ...) PRINTF_LIKE(2, 3);
/* The last reason, or the only one: gives up. */
NORETURN void job_fail(struct job *job, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* Gives up if anything was refused. */
void job_check(struct job *job);
NORETURN void job_internal(struct job *job, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif

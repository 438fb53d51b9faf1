/* SPDX-License-Identifier: Apache-2.0 */
/* Memory is one list of blocks. A run gives up by longjmp to job_run, so
 * nothing between may hold anything that is not the job's. */
#include "job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_KEPT 1000u

struct job_block {
    struct job_block *next;
    max_align_t data[];
};

struct job_end {
    struct job_end *next;
    void (*function)(void *);
    void *argument;
};

enum job_state job_run(struct job *job, void (*work)(struct job *, void *),
                       void *argument)
{
    jmp_buf out;
    *job = (struct job){ .out = &out };
    job->last = &job->messages;
    if (setjmp(out) == 0)
        work(job, argument);
    job->out = NULL;
    return job->state;
}

void job_at_end(struct job *job, void (*function)(void *), void *argument)
{
    struct job_end *end = job_alloc(job, 1, sizeof *end);
    *end = (struct job_end){ job->ends, function, argument };
    job->ends = end;
}

void job_free(struct job *job)
{
    for (; job->ends; job->ends = job->ends->next)
        job->ends->function(job->ends->argument);
    while (job->blocks) {
        struct job_block *next = job->blocks->next;
        free(job->blocks);
        job->blocks = next;
    }
    job->messages = NULL;
}

NORETURN static void give_up(struct job *job, enum job_state state)
{
    job->state = state;
    longjmp(*job->out, 1);
}

void *job_alloc(struct job *job, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX / 2) / size)
        give_up(job, JOB_NO_MEMORY);
    struct job_block *b = calloc(1, sizeof *b + count * size);
    if (!b)
        give_up(job, JOB_NO_MEMORY);
    job->allocated += count * size;
    b->next = job->blocks;
    job->blocks = b;
    return b->data;
}

void *job_grow(struct job *job, void *old, size_t count, size_t more,
               size_t size)
{
    void *new = job_alloc(job, count + more, size);
    if (count)
        memcpy(new, old, count * size);
    return new;
}

static char *text_va(struct job *job, const char *format, va_list args)
    PRINTF_LIKE(2, 0);

static char *text_va(struct job *job, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    size_t size = len < 0 ? 1 : (size_t)len + 1;
    char *text = job_alloc(job, size, 1);
    vsnprintf(text, size, format, args);
    return text;
}

char *job_text(struct job *job, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = text_va(job, format, args);
    va_end(args);
    return text;
}

static void message_add(struct job *job, char *text)
{
    struct job_message *m = job_alloc(job, 1, sizeof *m);
    m->text = text;
    *job->last = m;
    job->last = &m->next;
}

void job_refuse(struct job *job, const char *format, ...)
{
    va_list args;
    if (job->refusals++ >= MESSAGES_KEPT)
        return;
    va_start(args, format);
    message_add(job, text_va(job, format, args));
    va_end(args);
}

void job_fail(struct job *job, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    job->refusals++;
    message_add(job, text_va(job, format, args));
    va_end(args);
    give_up(job, JOB_REFUSED);
}

void job_check(struct job *job)
{
    if (job->refusals)
        give_up(job, JOB_REFUSED);
}

void job_internal(struct job *job, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    message_add(job, text_va(job, format, args));
    va_end(args);
    give_up(job, JOB_INTERNAL);
}

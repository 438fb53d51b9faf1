/* SPDX-License-Identifier: Apache-2.0 */
/* Low-level debug, driver 0x8. One line is under way at a time, all of it in
 * the driver, so that it comes out even if its app ends at once. */
#include <drivers/low_level_debug.h>

#include <kernel/format.h>
#include <kernel/string.h>

enum { COMMAND_EXISTS };

/* Those an app asks for have their command's number. */
enum line_kind {
    LINE_ALERT = 1,
    LINE_PRINT = 2,
    LINE_PRINT_TWO = 3,
    LINE_DROPPED,
    LINE_GRANT_FAILED,
};

#define LINE_CAP 72 /* the longest has 61 characters */

/* Per app: the lines that wait, oldest first. */
struct ALIGNED(8) line_queue {
    uint32_t count;
    struct low_level_debug_line lines[LOW_LEVEL_DEBUG_QUEUE];
};

static size_t line_format(const struct low_level_debug *d, char to[LINE_CAP])
{
    unsigned a = (unsigned)d->pid.handle, b = (unsigned)d->line.arg1;
    const char *fmt = "grant init failed\n";
    size_t n = format(to, LINE_CAP, "LowLevelDebug: ");
    if (d->line.kind == LINE_ALERT)
        fmt = "App 0x%x alert code 0x%x\n";
    if (d->line.kind == LINE_PRINT)
        fmt = "App 0x%x prints 0x%x\n";
    if (d->line.kind == LINE_PRINT_TWO)
        fmt = "App 0x%x prints 0x%x 0x%x\n";
    if (d->line.kind == LINE_DROPPED) {
        fmt = "Dropped 0x%x entries for app 0x%x\n";
        b = a;
        a = (unsigned)d->line.arg1;
    }
    return n + format(to + n, LINE_CAP - n, fmt, a, b, (unsigned)d->line.arg2);
}

static void line_start(struct low_level_debug *d, pid_handle_t pid,
                       const struct low_level_debug_line *line)
{
    d->line = *line;
    d->pid = pid;
    d->at = 0;
    d->active = true;
    d->port->ops->write(d->port, &d->writer);
}

static void queue_add(struct line_queue *q,
                      const struct low_level_debug_line *line)
{
    if (q->count < LOW_LEVEL_DEBUG_QUEUE) {
        q->lines[q->count++] = *line;
        return;
    }
    struct low_level_debug_line *last = &q->lines[q->count - 1];
    if (last->kind == LINE_DROPPED)
        last->arg1++;
    else
        *last = (struct low_level_debug_line){ LINE_DROPPED, 2, 0 };
}

static void queue_take(struct line_queue *q, struct low_level_debug_line *out)
{
    *out = q->lines[0];
    q->count--;
    memmove(q->lines, q->lines + 1, q->count * sizeof *q->lines);
}

/* The next app, in turn, that has lines waiting; NULL if none has. */
static struct process *next_app(const struct low_level_debug *d)
{
    struct process *p = process_find(d->pid);
    for (int round = 0; round < 2; round++) {
        while ((p = grant_next(&d->grant, p)) != NULL) {
            const struct line_queue *q = grant_peek(&d->grant, p);
            if (q && q->count > 0)
                return p;
        }
    }
    return NULL;
}

/* A line is out: go on with the next. That one could not be kept is told in
 * turn with lines that could: nobody has more of the line by having no room. */
static void line_end(struct low_level_debug *d)
{
    struct low_level_debug_line line = { LINE_GRANT_FAILED, 0, 0 };
    struct process *p = next_app(d);
    d->active = false;
    if (d->grant_failed && (!p || d->line.kind != LINE_GRANT_FAILED)) {
        d->grant_failed = false;
        line_start(d, d->pid, &line);
    } else if (p) {
        queue_take(grant_peek(&d->grant, p), &line);
        line_start(d, process_pid(p), &line);
    }
}

/* The text is made anew for each piece: cheaper than a buffer to keep it. */
static size_t line_next(struct writer *writer, uint8_t *to, size_t cap)
{
    struct low_level_debug *d =
        CONTAINER_OF(writer, struct low_level_debug, writer);
    char text[LINE_CAP];
    size_t n = line_format(d, text) - d->at;
    if (n > cap)
        n = cap;
    memcpy(to, text + d->at, n);
    d->at += (uint32_t)n;
    if (n == 0)
        line_end(d);
    return n;
}

static const struct writer_ops writer_ops = { .next = line_next };

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    struct low_level_debug *d = self;
    const struct low_level_debug_line line = { number, arg1, arg2 };
    if (number == COMMAND_EXISTS)
        return sysret_success();
    if (number > LINE_PRINT_TWO)
        return sysret_failure(ERR_NOSUPPORT);
    if (!d->active) {
        line_start(d, process_pid(p), &line);
        return sysret_success();
    }
    struct line_queue *q = grant_enter(&d->grant, p);
    if (q)
        queue_add(q, &line);
    else
        d->grant_failed = true;
    return sysret_success();
}

const struct driver_ops low_level_debug_ops = { .command = command };

void low_level_debug_init(struct low_level_debug *debug, struct text_port *port)
{
    debug->writer.ops = &writer_ops;
    debug->grant.layout.size = sizeof(struct line_queue);
    debug->port = port;
}

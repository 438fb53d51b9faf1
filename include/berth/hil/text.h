/* SPDX-License-Identifier: Apache-2.0 */
/* One serial line's text, shared by many writers and one reader at a time.
 *
 * A writer hands over units: the bytes of one unit come out together, never
 * mixed with another writer's. When a unit of another writer follows a line
 * that was left open, the line is closed first.
 *
 * Callbacks come from the kernel loop, never from inside a call of the port, and
 * may not cancel a writer. */
#ifndef BERTH_HIL_TEXT_H
#define BERTH_HIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer;
struct text_port;

struct writer_ops {
    /* The next bytes of the unit, at most `cap`; 0: the unit is complete (the
     * writer may queue its next one from here). */
    size_t (*next)(struct writer *writer, uint8_t *to, size_t cap);
    /* The line this writer left open is about to be closed because others
     * write. Returns the text that closes it, a constant (NULL: a plain
     * newline). Optional. */
    const char *(*displaced)(struct writer *writer);
    /* The line is closed and nothing waits to be sent: time to write again
     * what was displaced. Told at most every 100 ms, and not when the writer
     * has written by itself since. Optional; one writer of a port may have it. */
    void (*line_free)(struct writer *writer);
};

/* Lives in its owner; zeroed but for ops. */
struct writer {
    const struct writer_ops *ops;
    struct writer *queue_next;
    bool queued;
    bool displaced;
    bool keeps_line; /* its open line is not closed by time (a prompt) */
};

struct text_port_ops {
    /* Queue the writer's next unit, behind those already queued. A writer
     * that has a unit queued or half out keeps its place. */
    void (*write)(struct text_port *port, struct writer *writer);
    /* Send a whole unit at once. False, and nothing is done, unless it is
     * short, nobody is before it and no line of others is in its way: then it
     * has to be queued. Not for a writer with line_free(). */
    bool (*put)(struct text_port *port, struct writer *writer,
                const uint8_t *bytes, size_t len);
    /* Forget the writer, in the middle of a unit if need be. */
    void (*cancel)(struct text_port *port, struct writer *writer);
};

struct text_port {
    const struct text_port_ops *ops;
};

/* Where input goes that does not belong to the operator. `to` is the handle
 * of the attached process. Implemented by the console driver. */
struct text_sink;

struct text_sink_ops {
    /* Returns false when there was no room for the byte. */
    bool (*put)(struct text_sink *sink, uint32_t to, uint8_t byte);
};

struct text_sink {
    const struct text_sink_ops *ops;
};

#endif

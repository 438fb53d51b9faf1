/* SPDX-License-Identifier: Apache-2.0 */
/* A serial line between a UART of the machine and whoever is at its other end.
 * The front end feeds what was typed, the UART takes it when it has room (that
 * is its speed); what the UART sends goes to each listener at once. */
#ifndef TESTS_SIM_LINE_H
#define TESTS_SIM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_listener {
    void (*heard)(struct line_listener *, uint8_t byte);
    struct line_listener *next;
};

struct line {
    /* Bytes on their way to the UART. */
    uint8_t *queue;
    size_t start, end, cap;
    struct line_listener *listeners;
    /* The UART's: it may look at the queue again. NULL: nobody takes. */
    void (*fed)(void *uart);
    /* The UART's: the guest has ended, what it wrote still goes out. */
    void (*drain)(void *uart);
    void *uart;
    uint64_t lost; /* bytes that came while the UART had no room */
    uint32_t baud; /* 0: whatever the UART is set to */
};

void line_listen(struct line *line, struct line_listener *listener);

/* Front ends: more input. */
void line_feed(struct line *line, const void *bytes, size_t len);
size_t line_waiting(const struct line *line);

void line_drain(struct line *line);

/* UARTs. */
bool line_take(struct line *line, uint8_t *byte);
void line_send(struct line *line, uint8_t byte);

#endif

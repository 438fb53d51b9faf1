/* SPDX-License-Identifier: Apache-2.0 */
/* See line.h. */
#include <tests/sim/devices/line.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void line_listen(struct line *line, struct line_listener *listener)
{
    listener->next = line->listeners;
    line->listeners = listener;
}

size_t line_waiting(const struct line *line)
{
    return line->end - line->start;
}

static void make_room(struct line *line, size_t len)
{
    if (line->queue)
        memmove(line->queue, line->queue + line->start, line_waiting(line));
    line->end -= line->start;
    line->start = 0;
    if (line->cap - line->end >= len)
        return;
    line->cap = 2 * (line->end + len);
    line->queue = realloc(line->queue, line->cap);
    if (!line->queue) {
        fputs("sim: no memory for what was typed\n", stderr);
        exit(1);
    }
}

void line_feed(struct line *line, const void *bytes, size_t len)
{
    if (!line->fed || len == 0)
        return;
    if (line->cap - line->end < len)
        make_room(line, len);
    memcpy(line->queue + line->end, bytes, len);
    line->end += len;
    line->fed(line->uart);
}

void line_drain(struct line *line)
{
    if (line->drain)
        line->drain(line->uart);
}

bool line_take(struct line *line, uint8_t *byte)
{
    if (line->start == line->end)
        return false;
    *byte = line->queue[line->start++];
    return true;
}

void line_send(struct line *line, uint8_t byte)
{
    for (struct line_listener *l = line->listeners; l; l = l->next)
        l->heard(l, byte);
}

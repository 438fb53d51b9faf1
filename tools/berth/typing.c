/* SPDX-License-Identifier: Apache-2.0 */
/* See typing.h. */
#include "typing.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "berth.h"

/* Ctrl-] ends an attachment, Ctrl-U throws away what was typed. */
#define FRESH "\x1D\x15"
enum { ESC = 0x1B };
enum { BUSY_TIMES = 6 }; /* so many times as long while something comes */

void typing_begin(struct typing *t, struct link *link, const char *command)
{
    *t = (struct typing){ .link = link, .heard_ms = now_ms() };
    bool is_out = fd_write(link->port.fd, FRESH, sizeof FRESH - 1) &&
                  fd_write(link->port.fd, command, strlen(command)) &&
                  fd_write(link->port.fd, "\r", 1);
    if (!is_out)
        fail(EXIT_NO_ANSWER, "%s: the other end has closed the line",
             link->port.name);
}

/* True when a line is complete. */
static bool line_take(struct typing *t, uint8_t byte)
{
    if (t->escape == 1) {
        t->escape = byte == '[' ? 2 : 0;
    } else if (t->escape == 2) {
        t->escape = byte >= '@' ? 0 : 2;
    } else if (byte == ESC) {
        t->escape = 1;
    } else if (byte == '\r' || byte == '\n') {
        t->line[t->len] = '\0';
        text_clean(t->line, t->len);
        bool has_text = t->len != 0;
        t->len = 0;
        return has_text;
    } else if (byte >= ' ' && t->len + 1 < sizeof t->line) {
        t->line[t->len++] = (char)byte;
    }
    return false;
}

void typing_heard(struct typing *t)
{
    t->heard_ms = now_ms();
}

static void more_read(const struct typing *t)
{
    struct link *link = t->link;
    int64_t most = (int64_t)BUSY_TIMES * link_patience_ms();
    struct pollfd p = { .fd = link->port.fd, .events = POLLIN };
    if (link_interrupted)
        fail(EXIT_INTERRUPTED, "interrupted");
    if (poll(&p, 1, (int)link_patience_ms()) == 0 ||
        now_ms() - t->heard_ms > most)
        fail(EXIT_NO_ANSWER,
             "%s: the board's console says nothing more: if it was switched "
             "off by `console-stop`, type `console-start` there",
             link->port.name);
    ssize_t n = read(link->port.fd, link->read, sizeof link->read);
    if (n == 0)
        fail(EXIT_NO_ANSWER, "%s: the other end has closed the line",
             link->port.name);
    link->read_at = 0;
    link->read_len = n > 0 ? (size_t)n : 0;
}

const char *typing_line(struct typing *t)
{
    struct link *link = t->link;
    for (;;) {
        while (link->read_at < link->read_len) {
            uint8_t byte = link->read[link->read_at++];
            if (proto_decode(&link->decoder, byte) == PROTO_TEXT &&
                line_take(t, link->decoder.text))
                return t->line;
        }
        more_read(t);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console: a command line on the serial line that the apps write
 * to as well. It acts on processes through kernel/process_admin.h, and shows the
 * news (loader/news.h). The prompt gives way to other output and comes back behind
 * it, with what was typed.
 *
 * For boards. There is one operator console. Files: console.c (typing, prompt)
 * and console_commands.c. */
#ifndef LOADER_CONSOLE_H
#define LOADER_CONSOLE_H

#include <loader/news.h>

#define OPERATOR_LINE 64u /* a typed line with its NUL */
#define OPERATOR_RING 32u /* bytes that may come while a command is at work */

struct operator_console;

/* As a news_step, of c->news. */
typedef bool operator_step(struct operator_console *c);

/* Zeroed before operator_init(). Private but for its size. The words that are
 * used most come first, where instructions reach them best. */
struct operator_console {
    struct news news;
    operator_step *order; /* what the operator has asked for */
    uint32_t state;
    uint32_t length, cursor; /* of the typed line */
    uint32_t shown;   /* how much of it is on the terminal, or enum draw */
    uint32_t column;  /* the terminal's cursor in it */
    uint32_t pending; /* bytes that wait in pending_bytes */
    uint32_t command; /* which, and what stands behind it */
    const char *argument;
    uint32_t cursor_end; /* of the unit */
    pid_handle_t attached;
    uint32_t recall;            /* how far back in the history; 0: not */
    uint32_t escape, parameter; /* of an escape sequence */
    uint32_t last;              /* CR or LF whose other half may follow */
    uint32_t lost;              /* bytes of input */
    flag_t skipping;            /* to the end of a line that has lost a part */
    flag_t hibernating;         /* after console-stop */

    struct ktimer timer; /* the attached app has had no room for input */
    char line[OPERATOR_LINE];
    uint8_t pending_bytes[OPERATOR_RING];
    char text[NEWS_TEXT];
};

/* Start: shows the log so far, then the prompt. */
void operator_init(struct operator_console *console);

/* A byte has been typed. From the kernel loop. What comes while a command is at
 * work is kept, OPERATOR_RING bytes of it. If that is not enough all of it is
 * dropped, to the end of the line that has lost a part, and the operator is
 * told. */
void operator_received(struct operator_console *console, uint8_t byte);

/* The same as the receiver of a struct mux. */
void operator_receive(void *console, const uint8_t *bytes, size_t len);

#endif

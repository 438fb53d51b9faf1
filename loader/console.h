/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console: a command line on the serial line that the apps write
 * to as well. It acts on processes through kernel/process_admin.h, shows new
 * lines of the kernel log, and reports processes that have faulted.
 *
 * Everything goes out through a struct text_port, a piece at a time as the port
 * asks for it, so nothing is ever cut however long a listing is. The prompt
 * gives way to other output and comes back behind it, with what was typed.
 *
 * For boards. There is one operator console. Files: console.c (typing, prompt,
 * what is written when) and console_commands.c. */
#ifndef LOADER_CONSOLE_H
#define LOADER_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#include <berth/hil/text.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/report.h>

#define OPERATOR_LINE 64u /* a typed line with its NUL */
#define OPERATOR_RING 32u /* bytes that may come while a command is at work */
#define OPERATOR_ESCAPE 0x1Du /* Ctrl-] ends `attach` */

/* What a board gives the console; constant. A pointer that is NULL stands for
 * something the board has not. */
struct operator_board {
    struct text_port *port;
    struct text_sink *sink; /* where an attached app's input goes */
    char *history;          /* for as many typed lines as there is room */
    uint16_t history_size;
    enum log_level log_level; /* log lines up to it are shown as they come */
    const char *default_app;  /* `attach` without a name */
    const char *version;      /* "2.3 (build ...)" */
    const struct map_region *sections; /* of the kernel */
    uint32_t section_count;
    /* `kept`: lists what apps keep in flash; `forget ID`: frees what `whose`
     * names. What is to be said comes by itself; or it returns why not. */
    const char *(*kept)(const char *whose);
    /* Called when the command has been typed; what the port still holds is for
     * them to send or to drop. One that comes back could not do it. */
    void (*reset)(void);
    void (*bootloader)(void); /* `tockloader`: enter bootloader mode */
    void (*poweroff)(void);   /* `exit` */
    void (*panic)(void);
};

struct operator_console;

/* Defined by the board; what it says never changes: see struct store_place. */
const struct operator_board *operator_config(const struct operator_console *c);

/* Says something, a piece at each call with c->at one higher; false when there
 * is nothing more to say. */
typedef bool operator_step(struct operator_console *c);

/* Zeroed before operator_init(). Private but for its size. The words that are
 * used most come first, where instructions reach them best. */
struct operator_console {
    const char *rest;     /* of the piece that is going out */
    operator_step *step;  /* what is being said, one unit; NULL: nothing */
    operator_step *order; /* what the operator has asked for */
    uint32_t at;
    uint32_t state;
    uint32_t length, cursor; /* of the typed line */
    uint32_t shown;   /* how much of it is on the terminal, or enum draw */
    uint32_t column;  /* the terminal's cursor in it */
    uint32_t pending; /* bytes that wait in pending_bytes */
    uint32_t command; /* which, and what stands behind it */
    const char *argument;
    uint32_t slot, cursor_end; /* of the unit */
    pid_handle_t attached;
    uint32_t log_cursor;
    uint32_t recall;            /* how far back in the history; 0: not */
    uint32_t escape, parameter; /* of an escape sequence */
    uint32_t last;              /* CR or LF whose other half may follow */
    uint32_t lost;              /* bytes of input */
    flag_t skipping;            /* to the end of a line that has lost a part */
    flag_t hibernating;         /* after console-stop */

    struct writer writer;
    struct deferred work; /* there may be something new */
    struct ktimer timer;  /* the attached app has had no room for input */
    char line[OPERATOR_LINE];
    uint8_t pending_bytes[OPERATOR_RING];
    char text[REPORT_LINE_MAX + 2]; /* a piece, with CR LF */
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

/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's end of the serial line, whichever of the two a board names:
 * loader/console.h, with a command line, or loader/plain.h, which leaves that to
 * the tool at the other end. For boards and for those two. */
#ifndef LOADER_OPERATOR_H
#define LOADER_OPERATOR_H

#include <stddef.h>
#include <stdint.h>

#include <berth/hil/text.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/report.h>

#define OPERATOR_ESCAPE 0x1Du /* Ctrl-] detaches from an app */

/* What a board gives it; constant. A pointer that is NULL stands for something
 * the board has not. */
struct operator_board {
    struct text_port *port;
    struct text_sink *sink;   /* where an attached app's input goes */
    enum log_level log_level; /* log lines up to it are shown as they come */
    /* Called when it has been ordered; what the port still holds is for it to
     * send or to drop. One that comes back could not do it. */
    void (*reset)(void);

    /* The rest is for a command line. */
    char *history; /* for as many typed lines as there is room */
    uint16_t history_size;
    const char *default_app;           /* `attach` without a name */
    const char *version;               /* "2.3 (build ...)" */
    const struct map_region *sections; /* of the kernel */
    uint32_t section_count;
    /* `kept`: lists what apps keep in flash; `forget ID`: frees what `whose`
     * names. What is to be said comes by itself; or it returns why not. */
    const char *(*kept)(const char *whose);
    /* `tockloader`, `exit` and `panic`; as reset. */
    void (*bootloader)(void);
    void (*poweroff)(void);
    void (*panic)(void);
};

/* Defined by the board; what it says never changes: see struct store_place. */
const struct operator_board *operator_config(void);

/* ---- defined by the operator's end ---------------------------------------------- */

/* What is typed goes to that process, which lives, until Ctrl-] is typed. BUSY: a
 * command is at work; OFF: it hears nothing. */
MUST_CHECK err_t operator_attach(pid_handle_t pid);

extern const uint32_t operator_features; /* enum message_feature */

#endif

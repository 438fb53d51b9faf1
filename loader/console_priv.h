/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the operator console share. For them alone. */
#ifndef LOADER_CONSOLE_PRIV_H
#define LOADER_CONSOLE_PRIV_H

#include <loader/console.h>

enum console_state {
    CONSOLE_EDITING,
    CONSOLE_ATTACHED,  /* input goes to the app c->attached */
    CONSOLE_SUBMITTED, /* the line is complete; the prompt has to show it */
    CONSOLE_ORDERED,   /* c->order is to be said, or is being said */
};

/* console_commands.c: what the line in c->line orders, with its argument. */
operator_step *console_parse(struct operator_console *c);
extern operator_step console_start; /* heard after console-stop */
extern operator_step console_detached, console_ended; /* after `attach` */

#endif

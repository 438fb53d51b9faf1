/* SPDX-License-Identifier: Apache-2.0 */
/* Command-line options from a table, which is also the help text. */
#ifndef BERTH_OPTIONS_H
#define BERTH_OPTIONS_H

#include <stdint.h>

#include "berth.h"

struct option_spec {
    char letter;       /* short form; 0: none */
    const char *name;  /* without the dashes */
    const char *value; /* what the help calls its argument; NULL: none */
    const char *help;
};

struct options {
    const char *usage;               /* what follows "usage: berth <name> " */
    const char *about;               /* a paragraph under it */
    const struct option_spec *specs; /* ends with a row without name */
};

/* The index of the next option in specs, its argument in *value; -1 when only
 * operands are left, from argv[optind] on. Answers --help and refuses unknown
 * options by itself. */
int option_next(const struct options *options, int argc, char **argv,
                const char **value);

/* The table of a command, which is asked for its help and tells it here. */
const struct options *options_of(const struct command *command);

/* A number as people write it: decimal, 0x..., with K or M for 1024 and
 * 1024 * 1024. `what` names it in the message when it is none, or too large. */
uint32_t number_read(const char *what, const char *text, uint32_t max);

/* A list of numbers between commas or blanks: the next one and what is left
 * of the text, or NULL at its end. */
const char *number_next(const char *what, const char *list, uint32_t *out);

#endif

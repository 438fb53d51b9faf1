/* SPDX-License-Identifier: Apache-2.0 */
/* `berth console`. */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "berth.h"
#include "board.h"
#include "hold.h"

static const struct option_spec console_specs[] = { BOARD_OPTIONS, { 0 } };

static const struct options console_options = {
    "[--port PORT]",
    "The board's console on this terminal; ctrl-A x leaves it. While it is "
    "open\n"
    "other commands of berth go through it.",
    console_specs,
};

int cmd_console(int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    struct port port;
    const char *value;
    int option;
    while ((option = option_next(&console_options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    port_hold(&port, o.port, o.baud);
    if (isatty(0))
        fprintf(stderr, "%s; ctrl-A x leaves it\n", port.name);
    bool has_ended = hold_run(&port);
    port_close(&port);
    if (has_ended)
        fail(EXIT_NO_ANSWER, "%s: the other end has closed the line",
             port.name);
    return EXIT_DONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* `berth console`. */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "berth.h"
#include "board.h"
#include "hold.h"

enum { CONSOLE_APP = BOARD_OPT_JSON };

static const struct option_spec console_specs[] = {
    BOARD_PLACE_OPTIONS,
    [CONSOLE_APP] = { 'a', "app", "APP",
                      "what is typed goes to that app, until ctrl-]" },
    { 0 },
};

static const struct options console_options = {
    "[--port PORT] [--app APP]",
    "The board's console on this terminal; ctrl-A x leaves it. While it is "
    "open\n"
    "other commands of berth go through it.",
    console_specs,
};

/* Attaches to the app; the port stays open, unless another console has it. */
static void attach(struct port *port, const struct board_options *o,
                   const char *app)
{
    struct link link;
    struct answer answer;
    link_open(&link, o->port, o->baud);
    board_order(&link, app, ORDER_ATTACH, &answer);
    if (answer.status == ERR_NODEVICE)
        fail(EXIT_BOARD, "%s does not run: `berth start %s`", app, app);
    if (answer.status == ERR_OFF)
        fail(EXIT_BOARD, "the board's console hears nothing: it was switched "
                         "off by `console-stop`; type `console-start` there");
    if (answer.status != OK)
        fail_refused(app, &answer);
    *port = link.port;
    if (!port->is_through)
        port_listen(port);
}

int cmd_console(int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    struct port port;
    const char *value, *app = NULL;
    int option;
    while ((option = option_next(&console_options, argc, argv, &value)) >= 0)
        if (option == CONSOLE_APP)
            app = value;
        else
            (void)board_option(&o, option, value);
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    if (app)
        attach(&port, &o, app);
    else
        port_hold(&port, o.port, o.baud);
    if (app && port.is_through) {
        printf("what is typed at the console of %s goes to %s; ctrl-] ends "
               "that\n",
               port.name, app);
        port_close(&port);
        return EXIT_DONE;
    }
    if (isatty(0))
        fprintf(stderr, "%s; %sctrl-A x leaves it\n", port.name,
                app ? "ctrl-] detaches, " : "");
    bool has_ended = hold_run(&port);
    port_close(&port);
    if (has_ended)
        fail(EXIT_NO_ANSWER, "%s: the other end has closed the line",
             port.name);
    return EXIT_DONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that change nothing in flash: pause, resume, fault, restart of apps, and
 * reset of the board. */
#include <getopt.h>
#include <stdio.h>

#include "berth.h"
#include "board.h"

static const struct option_spec specs[] = { BOARD_OPTIONS, { 0 } };

struct deed {
    uint32_t what;       /* enum message_order */
    const char *done;    /* what has happened: "NAME <done>" */
    const char *refused; /* the state does not allow it: "NAME <refused>" */
    struct options options;
};

#define APPS "[--port PORT] [--json] APP ..."

static const struct deed pause_deed = {
    ORDER_PAUSE,
    "paused",
    "is paused already, or does not run",
    { APPS,
      "Has apps stand still, until `berth resume`. One that is started anew, "
      "as\n"
      "`berth compact` does it with what it moves, does not.",
      specs },
};

static const struct deed resume_deed = {
    ORDER_RESUME,
    "goes on",
    "is not paused",
    { APPS, "Has apps that are paused go on.", specs },
};

static const struct deed fault_deed = {
    ORDER_FAULT,
    "faulted",
    "does not run",
    { APPS, "Makes apps fault, to see what the board does then.", specs },
};

/* Of an "app" or a "board". */
static void told(const char *what, const char *name, const char *done,
                 bool is_json)
{
    if (is_json) {
        printf("{\"%s\": ", what);
        json_string(name);
        printf(", \"result\": \"%s\"}\n", done);
    } else {
        printf("%s %s\n", name, done);
    }
}

/* Opens the board; what is left are names of apps. */
static struct board_options begin(const struct options *options, int argc,
                                  char **argv, struct link *link)
{
    struct board_options o = { .baud = 115200 };
    const char *value;
    int option;
    while ((option = option_next(options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind == argc)
        fail(EXIT_USAGE, "which app? `berth list` shows those there are");
    link_open(link, o.port, o.baud);
    return o;
}

static int deed_run(const struct deed *deed, int argc, char **argv)
{
    struct link link;
    struct board_options o = begin(&deed->options, argc, argv, &link);
    for (; optind < argc; optind++) {
        const char *name = argv[optind];
        struct answer answer;
        board_order(&link, name, deed->what, &answer);
        if (answer.status == ERR_INVAL)
            fail(EXIT_BOARD, "%s %s", name, deed->refused);
        if (answer.status != OK)
            fail_refused(name, &answer);
        told("app", name, deed->done, o.is_json);
    }
    port_close(&link.port);
    return EXIT_DONE;
}

int cmd_pause(int argc, char **argv)
{
    return deed_run(&pause_deed, argc, argv);
}

int cmd_resume(int argc, char **argv)
{
    return deed_run(&resume_deed, argc, argv);
}

int cmd_fault(int argc, char **argv)
{
    return deed_run(&fault_deed, argc, argv);
}

/* ---- restart ------------------------------------------------------------------- */

static const struct options restart_options = {
    APPS,
    "Ends apps, if they run, and starts them anew.",
    specs,
};

/* Of the object of that name, as it is now. */
static void about_object(struct link *link, const char *name, uint8_t type,
                         struct answer *answer)
{
    for (;;) {
        struct board board = { 0 };
        board_read(link, &board);
        const struct board_object *o = board_get(&board, name);
        const struct request request = {
            .type = type,
            .word = { o->word[OBJECT_AT], o->word[OBJECT_TAG] },
        };
        if (link_ask(link, &request, answer) == LINK_ANSWERED)
            return;
        link_greet(link);
    }
}

/* Who is ended on trial has failed it: the board would go back to what it replaces,
 * and there would be nothing to start. */
static void no_trial(struct link *link, const char *name)
{
    struct board board = { 0 };
    board_read(link, &board);
    if (board_get(&board, name)->word[OBJECT_TRIAL_OF] != PLACE_ANY)
        fail(EXIT_BOARD,
             "%s is on trial, which its end would fail: first `berth confirm "
             "%s`, or `berth rollback %s`",
             name, name, name);
}

int cmd_restart(int argc, char **argv)
{
    struct link link;
    struct board_options o = begin(&restart_options, argc, argv, &link);
    for (; optind < argc; optind++) {
        const char *name = argv[optind];
        struct answer answer;
        no_trial(&link, name);
        about_object(&link, name, MESSAGE_STOP, &answer);
        if (answer.status != OK && answer.status != ERR_ALREADY)
            fail_refused(name, &answer);
        about_object(&link, name, MESSAGE_START, &answer);
        if (answer.status != OK || answer.text_len > 0)
            fail_refused(name, &answer);
        told("app", name, "restarted", o.is_json);
    }
    port_close(&link.port);
    return EXIT_DONE;
}

/* ---- reset ----------------------------------------------------------------------- */

static const struct options reset_options = {
    "[--port PORT] [--json]",
    "Restarts the board, as its button does. Returns when it answers again.",
    specs,
};

int cmd_reset(int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    const struct request request = { .type = MESSAGE_ORDER,
                                     .word = { [ORDER_WHAT] = ORDER_RESET } };
    struct answer answer;
    struct link link;
    const char *value;
    int option;
    while ((option = option_next(&reset_options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    link_open(&link, o.port, o.baud);
    board_takes_orders(&link);
    /* A board that has been reset knows nobody; another one has answered. */
    if (link_ask(&link, &request, &answer) == LINK_ANSWERED)
        fail_refused("reset", &answer);
    link_greet(&link);
    told("board", link.board, "reset", o.is_json);
    port_close(&link.port);
    return EXIT_DONE;
}

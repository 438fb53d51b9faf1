/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that do one thing to each app that is named: remove, start, stop,
 * enable, disable, confirm, rollback. And compact. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "berth.h"
#include "board.h"

struct order {
    uint8_t type;
    uint32_t on;      /* of ENABLE */
    const char *done; /* what has happened: "NAME <done>" */
    const char *already;
    struct options options;
};

static const struct option_spec specs[] = { BOARD_OPTIONS, { 0 } };

#define ORDER(message, value, did, is_so, what)                                \
    {                                                                          \
        message, value, did, is_so,                                            \
        {                                                                      \
            "[--port PORT] [--json] APP ...", what, specs                      \
        }                                                                      \
    }

enum { REMOVE, START, STOP, ENABLE, DISABLE, CONFIRM, ROLL_BACK };

static const struct order orders[] = {
    [REMOVE] = ORDER(MESSAGE_REMOVE, 0, "removed", "is removed already",
                     "Ends the apps and removes them from flash."),
    [START] = ORDER(MESSAGE_START, 0, "started", "runs already",
                    "Starts installed apps."),
    [STOP] = ORDER(MESSAGE_STOP, 0, "ended", "does not run",
                   "Ends apps. They stay installed and start at the next "
                   "boot."),
    [ENABLE] = ORDER(MESSAGE_ENABLE, 1, "enabled", "is enabled already",
                     "Has apps started at boot (`berth start`: now)."),
    [DISABLE] = ORDER(MESSAGE_ENABLE, 0, "disabled", "is disabled already",
                      "Ends apps and has them not started at boot."),
    [CONFIRM] = ORDER(MESSAGE_CONFIRM, 0, "confirmed", "is not on trial",
                      "Keeps updates that are on trial; what they replace is "
                      "removed."),
    [ROLL_BACK] = ORDER(MESSAGE_ROLL_BACK, 0, "rolled back", "is not on trial",
                        "Removes updates that are on trial; what they were to "
                        "replace starts again."),
};

/* An order that is repeated after a reset of the board may find it done. */
static void order_give(struct link *link, const struct order *order,
                       const char *name, bool is_json)
{
    for (bool is_repeated = false;; is_repeated = true) {
        struct board board = { 0 };
        struct answer answer;
        board_read(link, &board);
        if (is_repeated && order->type == MESSAGE_REMOVE &&
            !board_find(&board, name))
            break;
        const struct board_object *o = board_get(&board, name);
        const struct request request = {
            .type = order->type,
            .word = { o->word[OBJECT_AT], o->word[OBJECT_TAG], order->on },
        };
        if (link_ask(link, &request, &answer) == LINK_STRANGER) {
            link_greet(link);
            continue;
        }
        if (answer.status == ERR_ALREADY && !is_json) {
            printf("%s %s\n", name, order->already);
            return;
        }
        bool is_about_trial =
            order->type == MESSAGE_CONFIRM || order->type == MESSAGE_ROLL_BACK;
        if (is_about_trial && answer.status == ERR_INVAL)
            fail(EXIT_BOARD, "%s %s: `berth list` shows which app is", name,
                 order->already);
        bool is_not_started =
            order->type == MESSAGE_START && answer.text_len > 0;
        if (is_not_started ||
            (answer.status != OK && answer.status != ERR_ALREADY))
            fail_refused(name, &answer);
        break;
    }
    if (is_json) {
        printf("{\"app\": ");
        json_string(name);
        printf(", \"result\": \"%s\"}\n", order->done);
    } else {
        printf("%s %s\n", name, order->done);
    }
}

static int order_run(const struct order *order, int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    struct link link;
    const char *value;
    int option;
    while ((option = option_next(&order->options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind == argc)
        fail(EXIT_USAGE, "which app? `berth list` shows those there are");
    link_open(&link, o.port, o.baud);
    for (; optind < argc; optind++)
        order_give(&link, order, argv[optind], o.is_json);
    port_close(&link.port);
    return EXIT_DONE;
}

int cmd_remove(int argc, char **argv)
{
    return order_run(&orders[REMOVE], argc, argv);
}

int cmd_start(int argc, char **argv)
{
    return order_run(&orders[START], argc, argv);
}

int cmd_stop(int argc, char **argv)
{
    return order_run(&orders[STOP], argc, argv);
}

int cmd_enable(int argc, char **argv)
{
    return order_run(&orders[ENABLE], argc, argv);
}

int cmd_disable(int argc, char **argv)
{
    return order_run(&orders[DISABLE], argc, argv);
}

int cmd_confirm(int argc, char **argv)
{
    return order_run(&orders[CONFIRM], argc, argv);
}

int cmd_rollback(int argc, char **argv)
{
    return order_run(&orders[ROLL_BACK], argc, argv);
}

/* ---- compact ------------------------------------------------------------------- */

static const struct options compact_options = {
    "[--port PORT] [--json]",
    "Moves apps together, gap by gap. An app that moves is ended before and\n"
    "started again.",
    specs,
};

int cmd_compact(int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    const struct request request = { .type = MESSAGE_COMPACT };
    struct board board = { 0 };
    struct answer answer;
    struct link link;
    const char *value;
    uint32_t gaps = 0;
    int option;
    while ((option = option_next(&compact_options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    link_open(&link, o.port, o.baud);
    while (!link_interrupted) {
        link_get(&link, &request, &answer);
        if (answer.status == ERR_ALREADY)
            break;
        if (answer.status != OK)
            fail_refused("compacting", &answer);
        gaps++;
    }
    board_read(&link, &board);
    uint32_t room = board.info[INFO_FREE], largest = board.info[INFO_LARGEST];
    if (o.is_json)
        printf("{\"gaps_closed\": %u, \"free\": %u, \"largest\": %u}\n", gaps,
               room, largest);
    else
        printf("%u gap%s closed; %u bytes free, the largest app that fits %u\n",
               gaps, gaps == 1 ? "" : "s", room, largest);
    port_close(&link.port);
    return link_interrupted ? EXIT_INTERRUPTED : EXIT_DONE;
}

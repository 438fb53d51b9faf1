/* SPDX-License-Identifier: Apache-2.0 */
/* `berth list`, `berth info` of a board, `berth log`. */
#include <getopt.h>
#include <stdio.h>

#include <pic/tbf.h>

#include "berth.h"
#include "board.h"
#include "board_info.h"

static const struct option_spec list_specs[] = { BOARD_OPTIONS, { 0 } };

static const struct options list_options = {
    "[--port PORT] [--json]",
    "Shows the apps on the board: what is installed, what runs.",
    list_specs,
};

static const struct options log_options = {
    "[--port PORT] [--json]",
    "Shows the kernel's log, as far as the board still has it.",
    list_specs,
};

static struct board_options options_read(const struct options *options,
                                         int argc, char **argv)
{
    struct board_options out = { .baud = 115200 };
    const char *value;
    int option;
    while ((option = option_next(options, argc, argv, &value)) >= 0)
        (void)board_option(&out, option, value);
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    return out;
}

/* ---- list --------------------------------------------------------------------- */

static const char *object_state(const struct board *board,
                                const struct board_object *o)
{
    const struct board_process *p = object_process(board, o);
    if (!object_is_app(o))
        return "broken";
    if (p)
        return process_state_text(p->word[PROCESS_STATE]);
    if (!(o->word[OBJECT_FLAGS] & OBJECT_ENABLED))
        return "disabled";
    return o->word[OBJECT_REPLACED_BY] != PLACE_ANY ? "replaced"
                                                    : "not started";
}

static void object_print(const struct board *board,
                         const struct board_object *o)
{
    const struct board_process *p = object_process(board, o);
    printf("%-20s %-8u %8u  0x%06x  ", *o->name ? o->name : "-",
           o->word[OBJECT_VERSION], o->word[OBJECT_SIZE], o->word[OBJECT_AT]);
    if (p && p->word[PROCESS_RAM_SIZE] > 0)
        printf("%7u  ", p->word[PROCESS_RAM_SIZE]);
    else
        printf("%7s  ", "-");
    printf("%s%s\n", object_state(board, o),
           o->word[OBJECT_TRIAL_OF] != PLACE_ANY ? ", on trial" : "");
}

static void object_json(const struct board *board, const struct board_object *o,
                        bool is_first)
{
    const struct board_process *p = object_process(board, o);
    printf("%s\n  {\"name\": ", is_first ? "" : ",");
    json_string(o->name);
    printf(", \"version\": %u, \"size\": %u, \"offset\": %u, \"state\": ",
           o->word[OBJECT_VERSION], o->word[OBJECT_SIZE], o->word[OBJECT_AT]);
    json_string(object_state(board, o));
    printf(", \"enabled\": %s, \"on_trial\": %s, \"short_id\": %u, \"ram\": "
           "%u}",
           o->word[OBJECT_FLAGS] & OBJECT_ENABLED ? "true" : "false",
           o->word[OBJECT_TRIAL_OF] != PLACE_ANY ? "true" : "false",
           o->word[OBJECT_SHORT_ID], p ? p->word[PROCESS_RAM_SIZE] : 0);
}

int cmd_list(int argc, char **argv)
{
    struct board_options o = options_read(&list_options, argc, argv);
    struct link link;
    struct board board = { 0 };
    size_t shown = 0;
    link_open(&link, o.port, o.baud);
    board_read(&link, &board);
    if (o.is_json)
        printf("[");
    for (size_t i = 0; i < board.object_count; i++) {
        if (board.objects[i].word[OBJECT_FLAGS] & OBJECT_FREE)
            continue;
        if (o.is_json)
            object_json(&board, &board.objects[i], shown == 0);
        else if (shown == 0)
            printf("%-20s %-8s %8s  %-8s  %7s  %s\n", "app", "version", "bytes",
                   "offset", "RAM", "state");
        if (!o.is_json)
            object_print(&board, &board.objects[i]);
        shown++;
    }
    if (o.is_json)
        printf("%s]\n", shown ? "\n" : "");
    else if (shown == 0)
        puts("no apps are installed");
    port_close(&link.port);
    return EXIT_DONE;
}

/* ---- info --------------------------------------------------------------------- */

static void info_print(const struct link *link, const struct board *board)
{
    const uint32_t *w = board->info;
    printf("board      %s at %s\n", link->board, link->port.name);
    printf("kernel     %s\n", board->kernel);
    printf("flash      0x%08x to 0x%08x for apps, sectors of %u bytes\n",
           w[INFO_BASE] + w[INFO_START], w[INFO_BASE] + w[INFO_END],
           w[INFO_SECTOR]);
    printf("free       %u bytes, the largest app that fits %u\n", w[INFO_FREE],
           w[INFO_LARGEST]);
    printf("erases     %u since it was made\n", w[INFO_ERASES]);
    if (w[INFO_RAM_END] > w[INFO_RAM_START])
        printf("RAM        0x%08x to 0x%08x for apps, %u bytes free\n",
               w[INFO_RAM_START], w[INFO_RAM_END], w[INFO_RAM_FREE]);
    if (w[INFO_SLOTS])
        printf("processes  %u at most\n", w[INFO_SLOTS]);
}

static void info_json(const struct link *link, const struct board *board)
{
    static const char *const names[INFO_WORDS] = {
        [INFO_BASE] = "base",         [INFO_START] = "start",
        [INFO_END] = "end",           [INFO_SECTOR] = "sector",
        [INFO_UNIT] = "unit",         [INFO_FREE] = "free",
        [INFO_LARGEST] = "largest",   [INFO_ERASES] = "erases",
        [INFO_RAM_START] = "ram",     [INFO_RAM_END] = "ram_end",
        [INFO_RAM_FREE] = "ram_free", [INFO_SLOTS] = "slots",
    };
    printf("{\"board\": ");
    json_string(link->board);
    printf(", \"kernel\": ");
    json_string(board->kernel);
    for (size_t i = 0; i < INFO_WORDS; i++)
        printf(", \"%s\": %u", names[i], board->info[i]);
    puts("}");
}

int board_info(const char *port, uint32_t baud, bool is_json)
{
    struct link link;
    struct board board = { 0 };
    link_open(&link, port, baud);
    board_read(&link, &board);
    if (is_json)
        info_json(&link, &board);
    else
        info_print(&link, &board);
    port_close(&link.port);
    return EXIT_DONE;
}

/* ---- log ----------------------------------------------------------------------- */

int cmd_log(int argc, char **argv)
{
    static const char *const levels[] = { "error", "warning", "info", "debug" };
    struct board_options o = options_read(&log_options, argc, argv);
    struct link link;
    struct answer a;
    struct request request = { .type = MESSAGE_LOG };
    bool is_first = true;
    link_open(&link, o.port, o.baud);
    if (o.is_json)
        printf("[");
    for (;;) {
        link_get(&link, &request, &a);
        if (a.status == ERR_NODEVICE)
            break;
        if (a.status != OK)
            fail_refused("the log", &a);
        char line[ANSWER_TEXT_MAX + 1];
        snprintf(line, sizeof line, "%.*s", (int)a.text_len, a.text);
        for (char *c = line; *c; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7F)
                *c = '?';
        const char *level =
            levels[a.word[LOG_LEVEL] < 4 ? a.word[LOG_LEVEL] : 3];
        if (o.is_json) {
            printf("%s\n  {\"level\": \"%s\", \"line\": ", is_first ? "" : ",",
                   level);
            json_string(line);
            printf("}");
        } else {
            printf("%-8s %s\n", level, line);
        }
        is_first = false;
        request.word[FROM_CURSOR] = a.word[LOG_NEXT];
    }
    if (o.is_json)
        printf("%s]\n", is_first ? "" : "\n");
    port_close(&link.port);
    return EXIT_DONE;
}

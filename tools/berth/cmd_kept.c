/* SPDX-License-Identifier: Apache-2.0 */
/* `berth kept`, `berth forget`: what apps keep in flash, at the board's console. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "berth.h"
#include "board.h"
#include "typing.h"

enum { OWNERS_MAX = 500, LINES_MAX = 20000, TRIES = 50, PACE_MS = 200 };
#define ANY_KEY 0xFFFFFFFFu

struct owner {
    uint32_t id, key, values, bytes, isolated;
    bool runs;
};

struct owners {
    size_t count;
    struct owner of[OWNERS_MAX];
};

static const struct option_spec specs[] = { BOARD_OPTIONS, { 0 } };

static const struct options kept_options = {
    "[--port PORT] [--json]",
    "Shows whose data is kept in flash, and how much of it. It types `kept` at "
    "the\n"
    "board's console, which detaches whoever is attached to an app there. An "
    "app "
    "can\n"
    "print lines that look like the board's: it can add to the list, but not "
    "take "
    "from it.",
    specs,
};

static const struct options forget_options = {
    "[--port PORT] [--json] APP|SHORTID|SHORTID/KEY ...",
    "Frees what apps that do not run have kept in flash: all that is kept "
    "under "
    "the\n"
    "ShortId (0x...), or only what belongs to that number of a key. It cannot "
    "be "
    "undone.",
    specs,
};

/* ---- what the board says ----------------------------------------------------------- */

/* Is the line the end of the list, or the reason why there is none? */
static bool is_refusal(const char *line, bool *is_busy)
{
    if (strcmp(line, "still at work") == 0)
        *is_busy = true;
    else if (strstr(line, "Not on this board") != NULL ||
             strstr(line, "Not available on this board") != NULL) /* of old */
        fail(EXIT_BOARD, "apps keep nothing on this board");
    else if (strcmp(line, "kept: the flash fails") == 0)
        fail(EXIT_BOARD, "the board says: the flash fails");
    else
        return false;
    return true;
}

static void owner_add(struct owners *owners, const struct owner *o)
{
    for (size_t i = 0; i < owners->count; i++)
        if (owners->of[i].id == o->id && owners->of[i].key == o->key)
            fail(EXIT_BOARD,
                 "the list has 0x%x of key %u twice: an app prints what looks "
                 "like it; stop that app first",
                 o->id, o->key);
    if (owners->count == OWNERS_MAX)
        fail(EXIT_BOARD, "the board's list does not end");
    owners->of[owners->count++] = *o;
}

/* What stands behind the pattern, or NULL: a space of it is any number of them, #
 * a number and $ one in hexadecimal, which are stored. */
static const char *scan(const char *line, const char *pattern, uint32_t *to)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == ' ') {
            line += strspn(line, " ");
        } else if (*pattern == '#' || *pattern == '$') {
            char *end;
            if (!isxdigit((unsigned char)*line))
                return NULL;
            unsigned long long n =
                strtoull(line, &end, *pattern == '#' ? 10 : 16);
            if (end == line || n > UINT32_MAX)
                return NULL;
            *to++ = (uint32_t)n;
            line = end;
        } else if (*line++ != *pattern) {
            return NULL;
        }
    }
    return line;
}

static bool owner_read(const char *line, struct owner *o)
{
    uint32_t n[5];
    const char *state = scan(line, " 0x$ # # # # ", n);
    if (state == NULL)
        return false;
    o->runs = strcmp(state, "runs") == 0;
    o->id = n[0];
    o->key = n[1];
    o->values = n[2];
    o->bytes = n[3];
    o->isolated = n[4];
    return o->runs || strcmp(state, "-") == 0;
}

/* False: the board was at work for somebody else. */
static bool list_once(struct link *link, struct owners *owners)
{
    struct typing typing;
    bool has_head = false, is_busy = false;
    owners->count = 0;
    typing_begin(&typing, link, "kept");
    for (uint32_t i = 0; i < LINES_MAX; i++) {
        const char *line = typing_line(&typing);
        uint32_t shares[3];
        const char *end;
        struct owner owner;
        if (is_refusal(line, &is_busy))
            return !is_busy;
        if (strncmp(line, " ShortID      Key", 17) == 0) {
            has_head = true;
            typing_heard(&typing);
        }
        if (has_head && owner_read(line, &owner))
            owner_add(owners, &owner);
        end = scan(line, "# apps may keep # values, # bytes each", shares);
        if (has_head && end != NULL && *end == '\0')
            return true;
    }
    fail(EXIT_NO_ANSWER, "%s: the board does not answer to `kept`",
         link->port.name);
}

static void list_read(struct link *link, struct owners *owners)
{
    for (uint32_t i = 0; !list_once(link, owners); i++) {
        if (i == TRIES)
            fail(EXIT_BOARD, "the board is busy with kept data all the time");
        usleep(PACE_MS * 1000);
    }
}

/* ---- kept --------------------------------------------------------------------------- */

/* The installed app of that ShortId, or NULL. */
static const char *name_of(const struct board *board, uint32_t id)
{
    for (size_t i = 0; i < board->object_count; i++)
        if (object_is_app(&board->objects[i]) &&
            board->objects[i].word[OBJECT_SHORT_ID] == id)
            return board->objects[i].name;
    return NULL;
}

static void owner_json(const struct owner *o, const char *name, bool is_first)
{
    printf("%s\n  {\"short_id\": %u, \"key\": %u, \"values\": %u, "
           "\"bytes\": %u, \"isolated\": %u, \"app\": ",
           is_first ? "" : ",", o->id, o->key, o->values, o->bytes,
           o->isolated);
    if (name)
        json_string(name);
    else
        printf("null");
    printf(", \"runs\": %s}", o->runs ? "true" : "false");
}

static void owners_print(const struct owners *owners, const struct board *board)
{
    if (owners->count == 0)
        puts("no app keeps anything");
    else
        printf("%-20s %-10s %4s %8s %8s %9s  %s\n", "app", "ShortId", "key",
               "values", "bytes", "isolated", "state");
    for (size_t i = 0; i < owners->count; i++) {
        const struct owner *o = &owners->of[i];
        const char *name = name_of(board, o->id);
        printf("%-20s 0x%08x %4u %8u %8u %9u  %s\n", name ? name : "-", o->id,
               o->key, o->values, o->bytes, o->isolated,
               o->runs ? "runs" : "does not run");
    }
}

int cmd_kept(int argc, char **argv)
{
    static struct owners owners;
    struct board_options o = { .baud = 115200 };
    struct board board = { 0 };
    struct link link;
    const char *value;
    int option;
    while ((option = option_next(&kept_options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind < argc)
        fail(EXIT_USAGE, "`%s`: takes no operands", argv[optind]);
    link_open(&link, o.port, o.baud);
    board_has_commands(&link);
    board_read(&link, &board);
    list_read(&link, &owners);
    if (o.is_json) {
        printf("[");
        for (size_t i = 0; i < owners.count; i++)
            owner_json(&owners.of[i], name_of(&board, owners.of[i].id), i == 0);
        printf("%s]\n", owners.count ? "\n" : "");
    } else {
        owners_print(&owners, &board);
    }
    port_close(&link.port);
    return EXIT_DONE;
}

/* ---- forget ------------------------------------------------------------------------- */

struct whose {
    uint32_t id, key;
    char text[24]; /* as the board wants it */
};

static struct whose whose_read(const struct board *board, const char *text)
{
    struct whose w = { .key = ANY_KEY };
    uint32_t n[2] = { 0, ANY_KEY };
    if (strncmp(text, "0x", 2) == 0) {
        bool has_key = strchr(text, '/') != NULL;
        const char *end = scan(text, has_key ? "0x$/#" : "0x$", n);
        w.id = n[0];
        w.key = n[1];
        if (end == NULL || *end != '\0' || w.id == 0 ||
            (has_key && w.key > 255))
            fail(EXIT_USAGE,
                 "`%s`: a ShortId as `berth kept` shows it, 0x1A2B, or with "
                 "the number of a key, 0x1A2B/3",
                 text);
    } else {
        w.id = board_get(board, text)->word[OBJECT_SHORT_ID];
        if (w.id == 0)
            fail(EXIT_REFUSED, "%s: it has no ShortId, so it keeps nothing",
                 text);
    }
    if (w.key == ANY_KEY)
        snprintf(w.text, sizeof w.text, "0x%x", w.id);
    else
        snprintf(w.text, sizeof w.text, "0x%x/%u", w.id, w.key);
    return w;
}

/* So many records are gone; false: the board was at work for somebody else. */
static bool forget_once(struct link *link, const struct whose *w,
                        uint32_t *gone)
{
    struct typing typing;
    char command[40], is_gone[40];
    bool is_busy = false;
    snprintf(command, sizeof command, "forget %s", w->text);
    snprintf(is_gone, sizeof is_gone, " records of 0x%x are gone", w->id);
    typing_begin(&typing, link, command);
    for (uint32_t i = 0; i < LINES_MAX; i++) {
        const char *line = typing_line(&typing);
        if (is_refusal(line, &is_busy))
            return !is_busy;
        if (strncmp(line, "its app runs: ", 14) == 0)
            fail(EXIT_BOARD,
                 "%s: the board refused: its app runs; `berth stop` ends it",
                 w->text);
        const char *end = scan(line, "forget: #", gone);
        if (end == NULL || strncmp(end, is_gone, strlen(is_gone)) != 0)
            continue;
        if (end[strlen(is_gone)] != '\0')
            fail(EXIT_BOARD, "%s: the board says: %s", w->text, line);
        return true;
    }
    fail(EXIT_NO_ANSWER, "%s: the board does not answer to `forget`",
         link->port.name);
}

/* That it is gone says the list: a line that says so could be an app's. */
static void forget(struct link *link, const struct whose *w, bool is_json)
{
    static struct owners owners;
    uint32_t gone = 0;
    for (uint32_t i = 0; !forget_once(link, w, &gone); i++) {
        if (i == TRIES)
            fail(EXIT_BOARD, "the board is busy with kept data all the time");
        usleep(PACE_MS * 1000);
    }
    list_read(link, &owners);
    for (size_t i = 0; i < owners.count; i++)
        if (owners.of[i].id == w->id &&
            (w->key == ANY_KEY || w->key == owners.of[i].key))
            fail(EXIT_BOARD, "%s: something of it is still kept; once more",
                 w->text);
    if (is_json)
        printf("{\"forgot\": \"%s\", \"records\": %u}\n", w->text, gone);
    else if (gone == 0)
        printf("%s: nothing is kept under it\n", w->text);
    else
        printf("%s: %u records forgotten\n", w->text, gone);
}

int cmd_forget(int argc, char **argv)
{
    struct board_options o = { .baud = 115200 };
    struct board board = { 0 };
    struct link link;
    const char *value;
    int option;
    while ((option = option_next(&forget_options, argc, argv, &value)) >= 0)
        (void)board_option(&o, option, value);
    if (optind == argc)
        fail(EXIT_USAGE, "whose? `berth kept` shows who keeps something");
    link_open(&link, o.port, o.baud);
    board_has_commands(&link);
    board_read(&link, &board);
    for (; optind < argc; optind++) {
        const struct whose w = whose_read(&board, argv[optind]);
        forget(&link, &w, o.is_json);
    }
    port_close(&link.port);
    return EXIT_DONE;
}

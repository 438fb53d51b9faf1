/* SPDX-License-Identifier: Apache-2.0 */
/* See board.h. */
#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pic/tbf.h>

#include "berth.h"

static void text_copy(char out[ANSWER_TEXT_MAX + 1], const struct answer *a)
{
    uint32_t len =
        a->text_len < ANSWER_TEXT_MAX ? a->text_len : ANSWER_TEXT_MAX;
    memcpy(out, a->text, len);
    out[len] = '\0';
}

static bool walk_next(struct link *link, uint8_t type, uint32_t *cursor,
                      struct answer *answer)
{
    const struct request request = { .type = type, .word = { *cursor } };
    link_get(link, &request, answer);
    if (answer->status == ERR_NODEVICE)
        return false;
    if (answer->status != OK)
        fail_refused(message_name(type), answer);
    if (answer->word[0] == *cursor)
        fail(EXIT_BOARD, "%s: the board's list does not end",
             message_name(type));
    *cursor = answer->word[0];
    return true;
}

static void info_read(struct link *link, struct board *board)
{
    const struct request request = { .type = MESSAGE_INFO };
    struct answer answer;
    link_get(link, &request, &answer);
    if (answer.status != OK)
        fail_refused("INFO", &answer);
    memcpy(board->info, answer.word, sizeof board->info);
    text_copy(board->kernel, &answer);
}

void board_read(struct link *link, struct board *board)
{
    struct answer answer;
    uint32_t cursor = PLACE_ANY;
    free(board->objects);
    free(board->processes);
    *board = (struct board){ 0 };
    info_read(link, board);
    while (walk_next(link, MESSAGE_WALK, &cursor, &answer)) {
        board->objects =
            keep(realloc(board->objects,
                         (board->object_count + 1) * sizeof *board->objects));
        struct board_object *o = &board->objects[board->object_count++];
        memcpy(o->word, answer.word, sizeof o->word);
        text_copy(o->name, &answer);
    }
    if (!(link->hello.word[HELLO_FEATURES] & FEATURE_PROCESSES))
        return;
    cursor = 0;
    while (walk_next(link, MESSAGE_PROCESS, &cursor, &answer)) {
        board->processes =
            keep(realloc(board->processes, (board->process_count + 1) *
                                               sizeof *board->processes));
        struct board_process *p = &board->processes[board->process_count++];
        memcpy(p->word, answer.word, sizeof p->word);
        text_copy(p->name, &answer);
    }
}

bool object_is_app(const struct board_object *o)
{
    return !(o->word[OBJECT_FLAGS] & OBJECT_FREE) &&
           o->word[OBJECT_ERROR] == TBF_OK;
}

const struct board_process *object_process(const struct board *board,
                                           const struct board_object *o)
{
    for (size_t i = 0; i < board->process_count; i++)
        if (o->word[OBJECT_PROCESS] != 0 &&
            board->processes[i].word[PROCESS_HANDLE] == o->word[OBJECT_PROCESS])
            return &board->processes[i];
    return NULL;
}

const char *process_state_text(uint32_t state)
{
    static const char *const texts[] = {
        [PROCESS_IS_RUNNING] = "running", [PROCESS_IS_WAITING] = "waiting",
        [PROCESS_IS_STOPPED] = "paused",  [PROCESS_IS_FAULTED] = "faulted",
        [PROCESS_IS_ENDED] = "ended",
    };
    return state < ARRAY_COUNT(texts) ? texts[state] : "?";
}

static const struct board_object *object_at(const struct board *board,
                                            const char *text)
{
    char *end;
    unsigned long at = strtoul(text, &end, 0);
    if (strncmp(text, "0x", 2) != 0 || *end)
        return NULL;
    for (size_t i = 0; i < board->object_count; i++)
        if (board->objects[i].word[OBJECT_AT] == at &&
            !(board->objects[i].word[OBJECT_FLAGS] & OBJECT_FREE))
            return &board->objects[i];
    return NULL;
}

const struct board_object *board_find(const struct board *board,
                                      const char *name)
{
    const struct board_object *found = object_at(board, name);
    if (found)
        return found;
    for (size_t i = 0; i < board->object_count; i++) {
        const struct board_object *o = &board->objects[i];
        if (!object_is_app(o) || strcmp(o->name, name) != 0 ||
            o->word[OBJECT_REPLACED_BY] != PLACE_ANY)
            continue;
        if (found)
            fail(EXIT_REFUSED,
                 "two apps are called `%s`: name one by its offset, 0x%x or "
                 "0x%x",
                 name, found->word[OBJECT_AT], o->word[OBJECT_AT]);
        found = o;
    }
    return found;
}

const struct board_object *board_get(const struct board *board,
                                     const char *name)
{
    const struct board_object *o = board_find(board, name);
    if (o)
        return o;
    char list[600] = " are:";
    size_t at = 5;
    for (size_t i = 0; i < board->object_count && at < 500; i++)
        if (object_is_app(&board->objects[i]))
            at += (size_t)snprintf(list + at, sizeof list - at, " %.60s",
                                   board->objects[i].name);
    fail(EXIT_REFUSED, "no app `%s` on the board; there%s", name,
         at > 5 ? list : " is none");
}

/* ---- orders --------------------------------------------------------------------- */

void board_takes_orders(const struct link *link)
{
    if (!(link->hello.word[HELLO_FEATURES] & FEATURE_ORDERS))
        fail(EXIT_BOARD,
             "%s: its kernel is older than such orders: type them at its "
             "console (`berth console`)",
             link->board);
}

/* A kernel that is older than orders has one. */
void board_has_commands(const struct link *link)
{
    uint32_t features = link->hello.word[HELLO_FEATURES];
    if ((features & FEATURE_ORDERS) && !(features & FEATURE_COMMANDS))
        fail(EXIT_BOARD,
             "%s: this board has no command line, and its kernel keeps no data "
             "of apps",
             link->board);
}

void board_order(struct link *link, const char *name, uint32_t what,
                 struct answer *answer)
{
    board_takes_orders(link);
    for (;;) {
        struct board board = { 0 };
        board_read(link, &board);
        const struct board_object *o = board_get(&board, name);
        const struct request request = {
            .type = MESSAGE_ORDER,
            .word = { [ORDER_WHAT] = what,
                      [ORDER_PROCESS] = o->word[OBJECT_PROCESS] },
        };
        if (o->word[OBJECT_PROCESS] == 0)
            fail(EXIT_BOARD, "%s does not run: `berth start %s`", name, name);
        if (link_ask(link, &request, answer) == LINK_ANSWERED)
            return;
        link_greet(link);
    }
}

/* ---- options -------------------------------------------------------------------- */

bool board_option(struct board_options *out, int option, const char *value)
{
    if (option == BOARD_OPT_PORT)
        out->port = value;
    else if (option == BOARD_OPT_BAUD)
        out->baud = number_read("--baud", value, 4000000);
    else if (option == BOARD_OPT_JSON)
        out->is_json = true;
    else
        return false;
    return true;
}

void json_string(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

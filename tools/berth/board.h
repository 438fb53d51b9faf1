/* SPDX-License-Identifier: Apache-2.0 */
/* What a board says of itself, and how commands name what is on it. */
#ifndef BERTH_BOARD_H
#define BERTH_BOARD_H

#include <stdbool.h>

#include "link.h"
#include "options.h"

struct board_object {
    uint32_t word[OBJECT_WORDS];
    char name[ANSWER_TEXT_MAX + 1]; /* fit for a terminal */
};

struct board_process {
    uint32_t word[PROCESS_WORDS];
    char name[ANSWER_TEXT_MAX + 1];
};

struct board {
    uint32_t info[INFO_WORDS];
    char kernel[ANSWER_TEXT_MAX + 1];
    struct board_object *objects;
    size_t object_count;
    struct board_process *processes;
    size_t process_count;
};

/* Everything, anew. */
void board_read(struct link *link, struct board *board);

/* Is it an app, not space and not broken? */
bool object_is_app(const struct board_object *o);
const struct board_process *object_process(const struct board *board,
                                           const struct board_object *o);
const char *process_state_text(uint32_t state);

/* The app that is called that, or lies at the offset "0x..."; NULL: none. Of
 * two, one on trial in the other's stead, the one on trial. Refuses a name that
 * two others share. */
const struct board_object *board_find(const struct board *board,
                                      const char *name);
/* The same; ends the program when there is none, and names those there are. */
const struct board_object *board_get(const struct board *board,
                                     const char *name);

/* Ends the program when the board takes no orders. */
void board_takes_orders(const struct link *link);
/* The same when it has no command line: for what is typed there. */
void board_has_commands(const struct link *link);

/* An order about the process of that app (enum message_order). Ends the program
 * when there is none. */
void board_order(struct link *link, const char *name, uint32_t what,
                 struct answer *answer);

/* The options that commands to a board have, to be the first rows of their
 * table: where it is, and for all that answer, how. */
enum { BOARD_OPT_PORT, BOARD_OPT_BAUD, BOARD_OPT_JSON, BOARD_OPTS };
#define BOARD_PLACE_OPTIONS                                                    \
    [BOARD_OPT_PORT] = { 'p', "port", "PORT",                                  \
                         "the board: /dev/..., unix:PATH or tcp:HOST:PORT; "   \
                         "else BERTH_PORT, else the only one there is" },      \
    [BOARD_OPT_BAUD] = { 0, "baud", "RATE",                                    \
                         "of a serial device; 115200 if not given" }
#define BOARD_OPTIONS                                                          \
    BOARD_PLACE_OPTIONS, [BOARD_OPT_JSON] = { 0, "json", NULL,                 \
                                              "answer for programs, as JSON" }

struct board_options {
    const char *port;
    uint32_t baud;
    bool is_json;
};

/* Takes one of those options; false if it is another. */
bool board_option(struct board_options *out, int option, const char *value);

/* A JSON string with its quotes. */
void json_string(const char *text);

#endif

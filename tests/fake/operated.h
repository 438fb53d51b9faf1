/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console on a fake board: what is typed, what stands on the line then,
 * and what the board was asked to do. Each test begins with a board just started. */
#ifndef TESTS_FAKE_OPERATED_H
#define TESTS_FAKE_OPERATED_H

#include <stdio.h>
#include <string.h>

#include <drivers/mux.h>
#include <loader/console.h>
#include <tests/fake/kernel.h>
#include <tests/fake/uart.h>

#define PROMPT "berth$ "
#define WIPE "\r\x1b[K"
#define NAMES                                                                  \
    "help status list stop start fault boot terminate process kernel reset "   \
    "panic console-start console-stop log attach kept forget"

extern struct fake_uart uart;
extern struct operator_console console;
extern struct operator_board board;
extern char history[48];

extern void (*on_end)(void);

extern bool due[FAKE_SLOTS];
extern uint32_t registers[32];

/* An app's input: what it got, and how much more it takes. */
struct app_input {
    struct text_sink sink;
    char got[64];
    size_t len, room;
    uint32_t to;
};
extern struct app_input app_input;

void other_says(const char *unit);

extern uint32_t hooks;

void start(void);
int setup(void **state);
int teardown(void **state);

/* The console has started, its prompt is out. */
int setup_started(void **state);

/* All at once, as a terminal pastes. */
void paste(const char *text);

/* Key by key. */
void type(const char *text);

/* What typing `line` and a return gives, up to the next prompt. */
#define assert_answer(line, answer)                                            \
    do {                                                                       \
        type(line "\r");                                                       \
        assert_sent(&uart, line "\r\n" answer PROMPT);                         \
    } while (0)

void forget_output(void);

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, setup_started, teardown)
#define TEST_BEFORE_START(name)                                                \
    cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif

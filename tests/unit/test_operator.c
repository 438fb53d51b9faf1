/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console, on the real multiplexer and the real kernel log: its line
 * among what others write, what is typed, and what a tool orders there.
 * SOURCES: loader/console.c loader/console_commands.c loader/news.c loader/orders.c
 * SOURCES: drivers/mux.c kernel/report.c kernel/format.c kernel/log.c
 * SOURCES: tests/fake/kernel.c tests/fake/uart.c tests/fake/operated.c */
#include <tests/fake/operated.h>

/* ---- line and prompt ---------------------------------------------------- */

static void the_prompt_comes_at_the_start(void **state)
{
    (void)state;
    start();
    assert_sent(&uart, PROMPT);
}

static void each_byte_is_echoed(void **state)
{
    (void)state;
    type("l");
    assert_sent(&uart, "l");
    type("i");
    assert_sent(&uart, "i");
}

static void an_empty_line_is_just_a_new_prompt(void **state)
{
    (void)state;
    assert_answer("", "");
    assert_answer("   ", "");
}

static void every_kind_of_line_end_counts_once(void **state)
{
    (void)state;
    type("\r");
    assert_sent(&uart, "\r\n" PROMPT);
    type("\r");
    assert_sent(&uart, "\r\n" PROMPT);
    type("\n"); /* belongs to the return before */
    assert_sent(&uart, "");
    type("\n");
    assert_sent(&uart, "\r\n" PROMPT);
    type("x\r\ny\r\n");
    assert_sent(&uart, "x\r\nValid commands are: " NAMES "\r\n" PROMPT
                       "y\r\nValid commands are: " NAMES "\r\n" PROMPT);
    type("\n\r\n\r");
    assert_sent(&uart, "\r\n" PROMPT "\r\n" PROMPT);
}

static void backspace_and_delete_take_back_the_last_character(void **state)
{
    (void)state;
    type("lix\b");
    assert_sent(&uart, "lix\b \b");
    type("\x7f");
    assert_sent(&uart, "\b \b");
    type("\b\b\b\b"); /* more than there are */
    assert_sent(&uart, "\b \b");
    assert_answer("reset", "Not on this board.\r\n");
}

static void typing_inserts_at_the_cursor(void **state)
{
    (void)state;
    type("reet");
    assert_sent(&uart, "reet");
    type("\x1b[D\x1b[D");
    assert_sent(&uart, "\b\b");
    type("s");
    assert_sent(&uart, WIPE PROMPT "reset\b\b");
    type("\r");
    assert_sent(&uart, "\r\nNot on this board.\r\n" PROMPT);
}

static void a_character_replaced_before_it_was_taken_back_is_redrawn(
    void **state)
{
    (void)state;
    type("ab");
    forget_output();
    paste("\bc");
    assert_sent(&uart, WIPE PROMPT "ac");
}

static void the_cursor_stops_at_both_ends(void **state)
{
    (void)state;
    type("ab\x1b[C\x1b[C");
    assert_sent(&uart, "ab");
    type("\x1b[D\x1b[D\x1b[D");
    assert_sent(&uart, "\b\b");
    type("\x1b[C");
    assert_sent(&uart, "a");
    type("\b");
    assert_sent(&uart, WIPE PROMPT "b\b");
    type("\b");
    assert_sent(&uart, "");
}

static void home_end_and_delete_work_in_all_their_forms(void **state)
{
    (void)state;
    static const char *const homes[] = { "\x1b[H", "\x1bOH", "\x1b[1~",
                                         "\x1b[7~" };
    static const char *const ends[] = { "\x1b[F", "\x1bOF", "\x1b[4~",
                                        "\x1b[8~" };
    type("abc");
    forget_output();
    for (uint32_t i = 0; i < 4; i++) {
        type(homes[i]);
        assert_sent(&uart, "\b\b\b");
        type(ends[i]);
        assert_sent(&uart, "abc");
    }
    type("\x1b[3~"); /* nothing behind the end */
    assert_sent(&uart, "");
    type("\x1b[D\x1b[3~");
    assert_sent(&uart, "\b" WIPE PROMPT "ab");
    type("\x1b[H\x1b[3~");
    assert_sent(&uart, "\b\b" WIPE PROMPT "b\b");
}

static void unknown_sequences_leave_no_trace(void **state)
{
    (void)state;
    type("\x1b[Z\x1b[15~\x1b[1;5P\x1bOP\x1b[~");
    assert_sent(&uart, "");
    type("\x1b"
         "a"); /* an escape alone is nothing */
    assert_sent(&uart, "a");
    type("\x1b\x1b[D");
    assert_sent(&uart, "\b");
    type("\x1b[\r"); /* a line end ends a sequence too */
    assert_sent(&uart, "\r\nValid commands are: " NAMES "\r\n" PROMPT);
}

static void control_characters_and_high_bytes_are_ignored(void **state)
{
    (void)state;
    uint8_t byte = 0;
    do {
        if (byte >= 128 || (byte < ' ' && byte != '\r' && byte != '\n' &&
                            byte != '\b' && byte != 0x1B))
            operator_received(&console, byte);
    } while (++byte != 0);
    fake_settle();
    assert_sent(&uart, WIPE PROMPT); /* Ctrl-C and Ctrl-U clear the line */
    assert_answer("reset", "Not on this board.\r\n");
}

static void ctrl_c_and_ctrl_u_clear_the_line(void **state)
{
    (void)state;
    type("stop x\x03");
    assert_sent(&uart, "stop x" WIPE PROMPT);
    type("stop x\x15");
    assert_sent(&uart, "stop x" WIPE PROMPT);
    assert_answer("", "");
}

static void a_line_holds_63_characters(void **state)
{
    (void)state;
    char line[101] = "";
    for (uint32_t i = 0; i < 100; i++)
        line[i] = (char)('0' + i % 10);
    type(line);
    line[63] = '\0';
    assert_sent(&uart, line);
    type("\b\bxyz");
    assert_sent(&uart, "\b \b\b \bxy");
    type("\r");
    assert_sent(&uart, "\r\nValid commands are: " NAMES "\r\n" PROMPT);
}

static void a_change_while_the_uart_is_busy_shows_in_the_end(void **state)
{
    (void)state;
    uart.room = 0;
    paste("abc\x1b[D\b\bx\x1b[Fyz\b");
    fake_uart_drain(&uart, 1);
    /* Play it back on a terminal of one line. */
    char line[80] = "";
    uint32_t at = 0;
    for (size_t i = 0; i < uart.sent_len; i++) {
        char c = uart.sent[i];
        if (c == '\r') {
            at = 0;
        } else if (c == '\b') {
            at--;
        } else if (c == '\x1b') {
            line[at] = '\0';
            i += 2;
        } else {
            line[at++] = c;
        }
    }
    line[at] = '\0';
    uart.sent_len = 0;
    uart.room = FAKE_UART_ALWAYS_READY;
    char *text = strstr(line, PROMPT) ? strstr(line, PROMPT) + 7 : line;
    assert_string_equal(text, "xcy");
    paste("\r");
    assert_sent(&uart, "\r\nValid commands are: " NAMES "\r\n" PROMPT);
}

/* ---- history ------------------------------------------------------------ */

static void up_and_down_walk_through_the_history(void **state)
{
    (void)state;
    type("one\rtwo\r");
    forget_output();
    type("\x1b[A");
    assert_sent(&uart, WIPE PROMPT "two");
    type("\x1bOA");
    assert_sent(&uart, WIPE PROMPT "one");
    type("\x1b[A"); /* there is no more */
    assert_sent(&uart, "");
    type("\x1b[B");
    assert_sent(&uart, WIPE PROMPT "two");
    type("\x1b[B");
    assert_sent(&uart, WIPE PROMPT);
    type("\x1b[B");
    assert_sent(&uart, "");
    type("\x1b[A\x1b[A\b");
    assert_sent(&uart, WIPE PROMPT "two" WIPE PROMPT "one\b \b");
    type("\r\x1b[A"); /* it was changed, and is a line of its own now */
    assert_non_null(strstr(uart.sent, WIPE PROMPT "on"));
}

static void the_history_forgets_whole_lines(void **state)
{
    (void)state;
    type("first first first first\rsecond second second\r"); /* 24 + 21 */
    type("third\r");                                         /* 6: over 48 */
    forget_output();
    type("\x1b[A\x1b[A\x1b[A\x1b[A");
    assert_sent(&uart, WIPE PROMPT "third" WIPE PROMPT "second second second");
}

static void the_history_keeps_no_empty_and_no_repeated_line(void **state)
{
    (void)state;
    type("one\rtwo\rtwo\r\r");
    forget_output();
    type("\x1b[A\x1b[A\x1b[A");
    assert_sent(&uart, WIPE PROMPT "two" WIPE PROMPT "one");
}

static void a_line_longer_than_the_history_is_not_kept(void **state)
{
    (void)state;
    type("one\r");
    type("12345678901234567890123456789012345678901234567890\r");
    forget_output();
    type("\x1b[A\x1b[A");
    assert_sent(&uart, WIPE PROMPT "one");
}

static void a_console_without_history_works(void **state)
{
    (void)state;
    board.history = NULL;
    board.history_size = 0;
    start();
    forget_output();
    type("reset\r\x1b[A\x1b[B");
    assert_sent(&uart, "reset\r\nNot on this board.\r\n" PROMPT);
}

/* ---- the log ------------------------------------------------------------ */

static void the_log_before_the_start_is_shown_first(void **state)
{
    (void)state;
    klog(LOG_WARN, "app at %x refused", 0x2000u);
    klog(LOG_INFO, "3 apps");
    start();
    assert_sent(&uart,
                "[warn]  app at 2000 refused\r\n[info]  3 apps\r\n" PROMPT);
}

static void new_log_lines_are_shown_and_the_line_comes_back(void **state)
{
    (void)state;
    type("st");
    assert_sent(&uart, "st");
    klog(LOG_ERROR, "oh");
    assert_sent(&uart, ""); /* not from within whoever logs */
    fake_settle();
    assert_sent(&uart, WIPE "[error] oh\r\n" PROMPT "st");
    type("atus\r");
    assert_non_null(strstr(uart.sent, "atus\r\nTotal processes: 0\r\n"));
}

static void lines_above_the_level_are_kept_but_not_shown(void **state)
{
    (void)state;
    klog(LOG_DEBUG, "detail");
    fake_settle();
    assert_sent(&uart, "");
    klog(LOG_DEBUG, "more");
    klog(LOG_INFO, "news");
    fake_settle();
    assert_sent(&uart, WIPE "[info]  news\r\n" PROMPT);
    assert_answer("log", "[debug] detail\r\n[debug] more\r\n[info]  news\r\n");
}

static void an_empty_log_prints_nothing(void **state)
{
    (void)state;
    assert_answer("log", "");
}

static void the_log_command_ends_though_lines_keep_coming(void **state)
{
    (void)state;
    klog(LOG_DEBUG, "old");
    fake_settle();
    uart.room = 6;
    type("log\r");
    klog(LOG_INFO, "new");
    fake_uart_drain(&uart, 5);
    assert_sent(&uart, "log\r\n[debug] old\r\n[info]  new\r\n" PROMPT);
}

static void a_log_line_waits_until_a_command_is_done(void **state)
{
    (void)state;
    fake_process("a");
    uart.room = 0;
    type("status\r");
    klog(LOG_INFO, "news");
    fake_uart_drain(&uart, 7);
    assert_sent(&uart,
                "status\r\nTotal processes: 1\r\nActive processes: "
                "1\r\nTimeslice expirations: 0\r\n[info]  news\r\n" PROMPT);
}

/* ---- among other writers ------------------------------------------------ */

static void the_prompt_gives_way_and_comes_back(void **state)
{
    (void)state;
    type("list");
    forget_output();
    other_says("hello from an app\n");
    fake_settle();
    assert_sent(&uart, WIPE "hello from an app\n");
    fake_pass_ms(100);
    assert_sent(&uart, PROMPT "list");
    type("x");
    assert_sent(&uart, "x");
}

static void typing_brings_the_prompt_back_at_once(void **state)
{
    (void)state;
    type("\x1b[Dlis\x1b[D");
    forget_output();
    other_says("app\n");
    fake_settle();
    assert_sent(&uart, WIPE "app\n");
    type("x");
    assert_sent(&uart, PROMPT "lixs\b");
    fake_pass_ms(500);
    assert_sent(&uart, "");
}

static void a_return_after_other_output_shows_the_whole_line(void **state)
{
    (void)state;
    type("reset");
    other_says("app\n");
    fake_settle();
    forget_output();
    type("\r");
    assert_sent(&uart, PROMPT "reset\r\nNot on this board.\r\n" PROMPT);
}

static void a_listing_is_never_mixed_with_other_output(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FAKE_SLOTS; i++)
        fake_process("app");
    uart.room = 20;
    type("list\r");
    other_says("in between?\n");
    fake_uart_drain(&uart, 3);
    uart.sent[uart.sent_len] = '\0';
    const char *last_row = strstr(uart.sent, "1027");
    assert_non_null(last_row);
    assert_non_null(strstr(last_row, "Running\r\nin between?\n" PROMPT));
    const char *rest = strstr(uart.sent, "in between");
    assert_null(strstr(rest, "Running"));
    uart.sent_len = 0;
}

static void every_speed_of_the_line_gives_the_same_text(void **state)
{
    (void)state;
    for (size_t step = 1; step < 40; step++) {
        uart.room = 0;
        type("kernel\r");
        fake_uart_drain(&uart, step);
        assert_sent(&uart,
                    "kernel\r\nKernel version: 2.3 (build test)\r\n"
                    "  0x20010000 0x20014000 r-x Code        16384\r\n"
                    "  0x80000000 0x80000800 rw- Stack        2048\r\n" PROMPT);
    }
}

/* ---- pasted commands ---------------------------------------------------- */

static void pasted_commands_run_one_after_the_other(void **state)
{
    (void)state;
    fake_process("a");
    paste("stop a\rstart a\r\nstop b\nst");
    assert_sent(&uart, "stop a\r\nProcess a stopped\r\n" PROMPT
                       "start a\r\nProcess a resumed.\r\n" PROMPT
                       "stop b\r\nno app named b\r\n" PROMPT "st");
}

static void bytes_typed_while_a_command_prints_are_kept(void **state)
{
    (void)state;
    fake_process("a");
    uart.room = 0;
    paste("status\r");
    paste("stop a\rstart a\r12345678901234567"); /* 32 bytes */
    fake_uart_drain(&uart, 8);
    assert_sent(&uart,
                "status\r\nTotal processes: 1\r\nActive processes: 1\r\n"
                "Timeslice expirations: 0\r\n" PROMPT
                "stop a\r\nProcess a stopped\r\n" PROMPT
                "start a\r\nProcess a resumed.\r\n" PROMPT "12345678901234567");
}

static void no_part_of_a_line_runs_after_an_overrun(void **state)
{
    (void)state;
    fake_process("a");
    fake_process("abc");
    uart.room = 0;
    paste("status\r");
    paste("123456789012345678901234\rstop abc\rstop a\r"); /* 32 + 10 bytes */
    fake_uart_drain(&uart, 8);
    assert_sent(&uart, "status\r\nTotal processes: 2\r\nActive processes: 2\r\n"
                       "Timeslice expirations: 0\r\n"
                       "34 bytes of input lost\r\n" PROMPT
                       "stop a\r\nProcess a stopped\r\n" PROMPT);
}

static void ctrl_c_ends_what_an_overrun_skips(void **state)
{
    (void)state;
    uart.room = 0;
    type("reset\r");
    type("1234567890123456789012345678901234567890");
    fake_uart_drain(&uart, 100);
    forget_output();
    type("x\x03");
    uart.room = FAKE_UART_ALWAYS_READY;
    type("reset\r");
    uart.sent[uart.sent_len] = '\0';
    assert_non_null(strstr(uart.sent, "reset\r\nNot on this "
                                      "board.\r\n"));
}

/* ---- orders of a tool --------------------------------------------------- */

#define ORDERED "attach 256\r\nAttached to 256: Ctrl-] detaches.\r\n"

static void order_to_attach(err_t wanted)
{
    assert_int_equal(operator_attach((pid_handle_t){ 256 }), wanted);
    fake_settle();
}

static void an_order_to_attach_takes_the_place_of_what_was_typed(void **state)
{
    (void)state;
    fake_process("hello");
    type("res");
    forget_output();
    order_to_attach(OK);
    assert_sent(&uart, WIPE PROMPT ORDERED);
    type("abc\r");
    assert_string_equal(app_input.got, "abc\r");
    type("\x1d");
    assert_sent(&uart, "Detached from 256.\r\n" PROMPT);
    type("\x1b[A");
    assert_sent(&uart, WIPE PROMPT "attach 256");
}

static void an_order_to_attach_takes_the_input_from_another_app(void **state)
{
    (void)state;
    fake_process("hello");
    fake_process("other");
    type("attach other\r");
    forget_output();
    order_to_attach(OK);
    assert_sent(&uart, PROMPT ORDERED);
    type("x");
    assert_int_equal(app_input.to, 256);
}

static void an_order_to_attach_waits_for_no_command(void **state)
{
    (void)state;
    fake_process("hello");
    uart.room = 0;
    type("list\r");
    order_to_attach(ERR_BUSY);
    uart.room = FAKE_UART_ALWAYS_READY;
    fake_uart_drain(&uart, 1000);
    forget_output();
    order_to_attach(OK);
    assert_sent(&uart, WIPE PROMPT ORDERED);
    type("\x1d");
    type("console-stop\r");
    order_to_attach(ERR_OFF);
}

static void the_escape_key_does_nothing_at_the_prompt(void **state)
{
    (void)state;
    type("\x1d");
    assert_sent(&uart, "");
}

/* ---- hostile input ------------------------------------------------------ */

static void random_input_does_no_harm(void **state)
{
    (void)state;
    static const char alphabet[] =
        "\r\n\b\x7f\x1b[]ABCDHFO134~;\x03\x15\x1dstop listhelp-\x80\xff ";
    uint32_t seed = 12345;
    struct process *p = fake_process("list");
    for (uint32_t i = 0; i < 60000; i++) {
        seed = seed * 1664525 + 1013904223;
        uint8_t byte = (uint8_t)(seed >> 24);
        if (seed >> 8 & 3)
            byte = (uint8_t)alphabet[byte % (sizeof alphabet - 1)];
        app_input.room = app_input.len = 0;
        operator_received(&console, byte);
        assert_true(console.length < OPERATOR_LINE);
        assert_true(console.cursor <= console.length);
        assert_int_equal(strlen(console.line), console.length);
        if (seed >> 10 & 1)
            fake_uart_drain(&uart, 1 + (seed >> 12) % 40);
        uart.room = seed >> 16 & 31;
        if (uart.sent_len > sizeof uart.sent / 2)
            uart.sent_len = 0;
    }
    uart.room = FAKE_UART_ALWAYS_READY;
    type("\x1d\x03\r");
    type("console-start\r");
    fake_die(p);
    fake_uart_drain(&uart, 1000);
    uart.room = FAKE_UART_ALWAYS_READY;
    uart.sent_len = 0;
    type("\x03\x15");
    uart.sent_len = 0;
    assert_answer("reset", "Not on this board.\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BEFORE_START(the_prompt_comes_at_the_start),
        TEST(each_byte_is_echoed),
        TEST(an_empty_line_is_just_a_new_prompt),
        TEST(every_kind_of_line_end_counts_once),
        TEST(backspace_and_delete_take_back_the_last_character),
        TEST(typing_inserts_at_the_cursor),
        TEST(a_character_replaced_before_it_was_taken_back_is_redrawn),
        TEST(the_cursor_stops_at_both_ends),
        TEST(home_end_and_delete_work_in_all_their_forms),
        TEST(unknown_sequences_leave_no_trace),
        TEST(control_characters_and_high_bytes_are_ignored),
        TEST(ctrl_c_and_ctrl_u_clear_the_line),
        TEST(a_line_holds_63_characters),
        TEST(a_change_while_the_uart_is_busy_shows_in_the_end),
        TEST(up_and_down_walk_through_the_history),
        TEST(the_history_forgets_whole_lines),
        TEST(the_history_keeps_no_empty_and_no_repeated_line),
        TEST(a_line_longer_than_the_history_is_not_kept),
        TEST_BEFORE_START(a_console_without_history_works),
        TEST_BEFORE_START(the_log_before_the_start_is_shown_first),
        TEST(new_log_lines_are_shown_and_the_line_comes_back),
        TEST(lines_above_the_level_are_kept_but_not_shown),
        TEST(an_empty_log_prints_nothing),
        TEST(the_log_command_ends_though_lines_keep_coming),
        TEST(a_log_line_waits_until_a_command_is_done),
        TEST(the_prompt_gives_way_and_comes_back),
        TEST(typing_brings_the_prompt_back_at_once),
        TEST(a_return_after_other_output_shows_the_whole_line),
        TEST(a_listing_is_never_mixed_with_other_output),
        TEST(every_speed_of_the_line_gives_the_same_text),
        TEST(pasted_commands_run_one_after_the_other),
        TEST(bytes_typed_while_a_command_prints_are_kept),
        TEST(no_part_of_a_line_runs_after_an_overrun),
        TEST(ctrl_c_ends_what_an_overrun_skips),
        TEST(the_escape_key_does_nothing_at_the_prompt),
        TEST(an_order_to_attach_takes_the_place_of_what_was_typed),
        TEST(an_order_to_attach_takes_the_input_from_another_app),
        TEST(an_order_to_attach_waits_for_no_command),
        TEST(random_input_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

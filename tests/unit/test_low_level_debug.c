/* SPDX-License-Identifier: Apache-2.0 */
/* The low-level debug driver, on the real multiplexer and a fake UART.
 * SOURCES: drivers/low_level_debug.c drivers/mux.c kernel/format.c
 * SOURCES: tests/fake/kernel.c tests/fake/uart.c */
#include <drivers/low_level_debug.h>

#include <stdio.h>
#include <string.h>

#include <drivers/mux.h>
#include <tests/fake/kernel.h>
#include <tests/fake/uart.h>

enum { ALERT = 1, PRINT = 2, PRINT_TWO = 3 };

static struct fake_uart uart;
static struct mux mux;
static struct low_level_debug debug;
static const struct driver table[] = {
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
};
static struct process *app, *other;

static void no_input(void *receiver, const uint8_t *bytes, size_t len)
{
    (void)receiver, (void)bytes, (void)len;
}

static int setup(void **state)
{
    (void)state;
    memset(&mux, 0, sizeof mux);
    memset(&debug, 0, sizeof debug);
    fake_uart_init(&uart, FAKE_UART_ALWAYS_READY);
    mux_init(&mux, &uart.uart, no_input, NULL);
    low_level_debug_init(&debug, &mux.port);
    fake_boot(table, 1);
    app = fake_process("app");
    other = fake_process("other");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void ask(struct process *p, uint32_t number, uint32_t arg1,
                uint32_t arg2)
{
    assert_success(fake_command(p, DRIVER_LOW_LEVEL_DEBUG, number, arg1, arg2));
}

/* A line as it should be, with the app's id for @. */
static const char *line(const struct process *p, const char *text)
{
    static char buffer[5][80];
    static unsigned turn;
    char *to = buffer[turn++ % 5];
    const char *mark = strchr(text, '@');
    snprintf(to, sizeof buffer[0], "LowLevelDebug: %.*s%x%s\n",
             (int)(mark - text), text, process_pid(p).handle, mark + 1);
    return to;
}

/* All that was sent since the last call is these lines. */
static void assert_lines(const char *a, const char *b, const char *c,
                         const char *d, const char *e)
{
    char text[512];
    fake_uart_drain(&uart, 7);
    snprintf(text, sizeof text, "%s%s%s%s%s", a, b, c, d, e);
    assert_sent(&uart, text);
}

static void the_driver_exists_and_refuses_other_commands(void **state)
{
    (void)state;
    ask(app, 0, 0, 0);
    assert_failure(fake_command(app, DRIVER_LOW_LEVEL_DEBUG, 4, 0, 0),
                   ERR_NOSUPPORT);
    assert_failure(fake_command(app, DRIVER_LOW_LEVEL_DEBUG, UINT32_MAX, 0, 0),
                   ERR_NOSUPPORT);
    fake_settle();
    assert_sent(&uart, "");
}

static void each_command_prints_its_line_exactly(void **state)
{
    (void)state;
    ask(app, ALERT, 1, 99);
    assert_lines(line(app, "App 0x@ alert code 0x1"), "", "", "", "");
    ask(app, PRINT, 0, 99);
    assert_lines(line(app, "App 0x@ prints 0x0"), "", "", "", "");
    ask(app, PRINT_TWO, 0xDEADBEEF, 0x0A0);
    assert_lines(line(app, "App 0x@ prints 0xdeadbeef 0xa0"), "", "", "", "");
}

static void the_longest_lines_are_whole(void **state)
{
    (void)state;
    app->info.pid.handle |= 0xFFFFFF00u;
    ask(app, PRINT_TWO, UINT32_MAX, UINT32_MAX);
    assert_lines(line(app, "App 0x@ prints 0xffffffff 0xffffffff"), "", "", "",
                 "");
    debug.line = (struct low_level_debug_line){ 4, UINT32_MAX, 0 };
    debug.at = 0;
    debug.active = true;
    mux.port.ops->write(&mux.port, &debug.writer);
    assert_lines(line(app, "Dropped 0xffffffff entries for app 0x@"), "", "",
                 "", "");
}

static void an_idle_line_needs_no_memory_of_the_app(void **state)
{
    (void)state;
    app->no_room = true;
    ask(app, ALERT, 2, 0);
    assert_lines(line(app, "App 0x@ alert code 0x2"), "", "", "", "");
    ask(app, PRINT, 5, 0);
    assert_lines(line(app, "App 0x@ prints 0x5"), "", "", "", "");
    assert_null(grant_peek(&debug.grant, app));
}

static void lines_wait_while_one_is_under_way(void **state)
{
    (void)state;
    uart.room = 4;
    for (uint32_t n = 0; n < 5; n++)
        ask(app, PRINT, n, 0);
    assert_lines(
        line(app, "App 0x@ prints 0x0"), line(app, "App 0x@ prints 0x1"),
        line(app, "App 0x@ prints 0x2"), line(app, "App 0x@ prints 0x3"),
        line(app, "App 0x@ prints 0x4"));
}

static void a_line_too_many_turns_the_last_into_a_count(void **state)
{
    (void)state;
    uart.room = 0;
    for (uint32_t n = 0; n < 6; n++)
        ask(app, PRINT, n, 0);
    assert_lines(
        line(app, "App 0x@ prints 0x0"), line(app, "App 0x@ prints 0x1"),
        line(app, "App 0x@ prints 0x2"), line(app, "App 0x@ prints 0x3"),
        line(app, "Dropped 0x2 entries for app 0x@"));
}

static void the_count_grows_with_each_line_dropped(void **state)
{
    (void)state;
    uart.room = 0;
    for (uint32_t n = 0; n < 22; n++)
        ask(app, ALERT, 3, 0);
    const char *alert = line(app, "App 0x@ alert code 0x3");
    assert_lines(alert, alert, alert, alert,
                 line(app, "Dropped 0x12 entries for app 0x@"));
    ask(app, PRINT, 7, 0);
    assert_lines(line(app, "App 0x@ prints 0x7"), "", "", "", "");
}

static void two_apps_take_turns(void **state)
{
    (void)state;
    uart.room = 0;
    ask(app, PRINT, 1, 0);
    ask(app, PRINT, 2, 0);
    ask(app, PRINT, 3, 0);
    ask(other, PRINT, 4, 0);
    ask(other, PRINT, 5, 0);
    assert_lines(
        line(app, "App 0x@ prints 0x1"), line(other, "App 0x@ prints 0x4"),
        line(app, "App 0x@ prints 0x2"), line(other, "App 0x@ prints 0x5"),
        line(app, "App 0x@ prints 0x3"));
}

static void a_line_that_cannot_be_kept_is_reported_once(void **state)
{
    (void)state;
    uart.room = 0;
    other->no_room = true;
    ask(app, PRINT, 1, 0);
    ask(app, PRINT, 2, 0);
    ask(other, PRINT, 3, 0);
    ask(other, PRINT, 4, 0);
    assert_lines(line(app, "App 0x@ prints 0x1"),
                 "LowLevelDebug: grant init failed\n",
                 line(app, "App 0x@ prints 0x2"), "", "");
}

static void lines_that_cannot_be_kept_hold_up_no_others(void **state)
{
    (void)state;
    uart.room = 0;
    other->no_room = true;
    ask(app, PRINT, 1, 0);
    ask(app, PRINT, 2, 0);
    for (int i = 0; i < 100; i++) {
        ask(other, PRINT, 3, 0);
        uart.room = 8;
        if (uart.owes_can_send) {
            uart.owes_can_send = false;
            uart.uart.client->can_send(uart.uart.client);
        }
        fake_settle();
    }
    uart.sent[uart.sent_len] = '\0';
    assert_non_null(strstr(uart.sent, line(app, "App 0x@ prints 0x2")));
    fake_uart_drain(&uart, 8);
}

static void the_line_under_way_comes_out_though_its_app_dies(void **state)
{
    (void)state;
    uart.room = 3;
    ask(app, ALERT, 1, 0);
    ask(app, ALERT, 2, 0);
    ask(other, PRINT, 4, 0);
    const char *last = line(app, "App 0x@ alert code 0x1");
    fake_die(app);
    assert_lines(last, line(other, "App 0x@ prints 0x4"), "", "", "");
}

/* In the same slot: what waited is not printed, what was dropped not counted. */
static void a_new_life_has_lost_nothing(void **state)
{
    (void)state;
    uart.room = 0;
    for (uint32_t n = 0; n < 6; n++)
        ask(app, PRINT, n, 0);
    const char *under_way = line(app, "App 0x@ prints 0x0");
    fake_die(app);
    app = fake_process("app");
    ask(app, PRINT, 7, 0);
    assert_lines(under_way, line(app, "App 0x@ prints 0x7"), "", "", "");
    ask(app, PRINT, 8, 0);
    assert_lines(line(app, "App 0x@ prints 0x8"), "", "", "", "");
}

static void a_line_begins_on_a_line_of_its_own(void **state)
{
    (void)state;
    mux.line_open = true; /* somebody's, who is gone */
    ask(app, PRINT, 1, 0);
    assert_lines("\n", line(app, "App 0x@ prints 0x1"), "", "", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_driver_exists_and_refuses_other_commands),
        TEST(each_command_prints_its_line_exactly),
        TEST(the_longest_lines_are_whole),
        TEST(an_idle_line_needs_no_memory_of_the_app),
        TEST(lines_wait_while_one_is_under_way),
        TEST(a_line_too_many_turns_the_last_into_a_count),
        TEST(the_count_grows_with_each_line_dropped),
        TEST(two_apps_take_turns),
        TEST(a_line_that_cannot_be_kept_is_reported_once),
        TEST(lines_that_cannot_be_kept_hold_up_no_others),
        TEST(the_line_under_way_comes_out_though_its_app_dies),
        TEST(a_new_life_has_lost_nothing),
        TEST(a_line_begins_on_a_line_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

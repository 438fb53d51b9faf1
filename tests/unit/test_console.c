/* SPDX-License-Identifier: Apache-2.0 */
/* The console driver, on the real multiplexer and a fake UART.
 * SOURCES: drivers/console.c drivers/mux.c tests/fake/kernel.c tests/fake/uart.c */
#include <drivers/console.h>

#include <string.h>

#include <drivers/mux.h>
#include <tests/fake/kernel.h>
#include <tests/fake/uart.h>

enum { WRITE = 1, READ = 2, ABORT = 3 }; /* commands */
enum { WRITTEN = 1, READ_DONE = 2 };     /* events */

static struct fake_uart uart;
static struct mux mux;
static struct console console;
static const struct driver table[] = {
    { DRIVER_CONSOLE, &console_ops, &console, &console.grant },
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
    memset(&console, 0, sizeof console);
    fake_uart_init(&uart, FAKE_UART_ALWAYS_READY);
    mux_init(&mux, &uart.uart, no_input, NULL);
    console_init(&console, &mux.port);
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

static struct sysret command(struct process *p, uint32_t number, uint32_t arg)
{
    return fake_command(p, DRIVER_CONSOLE, number, arg, 0);
}

static uint32_t allow_text(struct process *p, const char *text)
{
    uint32_t addr = fake_text(p, text);
    assert_int_equal(
        fake_allow_ro(p, DRIVER_CONSOLE, 1, addr, (uint32_t)strlen(text)), OK);
    return addr;
}

/* As libtock does: allow, then command. */
static void write_text(struct process *p, const char *text)
{
    allow_text(p, text);
    assert_success(command(p, WRITE, (uint32_t)strlen(text)));
}

static uint32_t allow_space(struct process *p, uint32_t len)
{
    uint32_t addr = fake_space(p, len);
    assert_int_equal(fake_allow_rw(p, DRIVER_CONSOLE, 1, addr, len), OK);
    return addr;
}

/* How many bytes of the text were taken. */
static size_t type(struct process *p, const char *text)
{
    uint32_t to = process_pid(p).handle;
    size_t n = 0;
    while (text[n] &&
           console.sink.ops->put(&console.sink, to, (uint8_t)text[n]))
        n++;
    return n;
}

#define assert_written(p, n)                                                   \
    assert_upcall((p), DRIVER_CONSOLE, WRITTEN, (n), 0, 0)
#define assert_read(p, status, n)                                              \
    assert_upcall((p), DRIVER_CONSOLE, READ_DONE, (status), (n), 0)

/* ---- the interface ----------------------------------------------------------- */

static void the_driver_exists_and_refuses_other_commands(void **state)
{
    (void)state;
    app->no_room = true; /* neither needs a grant */
    assert_success(command(app, 0, 0));
    assert_failure(command(app, 4, 0), ERR_NOSUPPORT);
    assert_failure(command(app, UINT32_MAX, 0), ERR_NOSUPPORT);
}

static void numbers_0_exist_and_those_after_the_last_do_not(void **state)
{
    (void)state;
    assert_int_equal(fake_allow_ro(app, DRIVER_CONSOLE, 0, 0, 0), OK);
    assert_int_equal(fake_allow_rw(app, DRIVER_CONSOLE, 0, 0, 0), OK);
    assert_int_equal(fake_allow_ro(app, DRIVER_CONSOLE, 2, 0, 0),
                     ERR_NOSUPPORT);
    assert_int_equal(fake_allow_rw(app, DRIVER_CONSOLE, 2, 0, 0),
                     ERR_NOSUPPORT);
    assert_int_equal(console.grant.layout.upcalls, 3);
}

static void without_room_for_a_grant_nothing_that_raises_events_starts(
    void **state)
{
    (void)state;
    app->no_room = true;
    assert_failure(command(app, WRITE, 1), ERR_NOMEM);
    assert_failure(command(app, READ, 1), ERR_NOMEM);
    assert_success(command(app, ABORT, 0));
    assert_false(
        console.sink.ops->put(&console.sink, process_pid(app).handle, 'x'));
    fake_pass_ms(1000);
    assert_no_upcall(app);
}

/* ---- writing ------------------------------------------------------------------- */

static void a_short_write_is_done_when_the_command_returns(void **state)
{
    (void)state;
    write_text(app, "x");
    assert_written(app, 1);
    assert_no_upcall(app);
    assert_sent(&uart, "x");
}

static void a_long_write_completes_once_with_the_whole_count(void **state)
{
    (void)state;
    char text[3001];
    for (uint32_t i = 0; i < 3000; i++)
        text[i] = (char)('a' + i % 26);
    text[3000] = '\0';
    write_text(app, text);
    fake_settle();
    assert_written(app, 3000);
    assert_no_upcall(app);
    assert_sent(&uart, text);
}

static void a_long_write_after_a_short_one_is_whole(void **state)
{
    (void)state;
    const char *text = "0123456789012345678901234567890123456789\n";
    write_text(app, "short\n");
    write_text(app, text);
    fake_settle();
    assert_written(app, 6);
    assert_written(app, 41);
    assert_sent(&uart, "short\n0123456789012345678901234567890123456789\n");
}

static void no_more_is_written_than_was_allowed_or_asked_for(void **state)
{
    (void)state;
    allow_text(app, "hello\n");
    assert_success(command(app, WRITE, 1000));
    assert_written(app, 6);
    assert_success(command(app, WRITE, UINT32_MAX));
    assert_written(app, 6);
    assert_success(command(app, WRITE, 2));
    assert_written(app, 2);
    assert_sent(&uart, "hello\nhello\nhe");
}

static void a_write_of_nothing_still_raises_its_event(void **state)
{
    (void)state;
    allow_text(app, "hello");
    assert_success(command(app, WRITE, 0));
    fake_settle();
    assert_written(app, 0);
    assert_success(command(other, WRITE, 10)); /* it has allowed nothing */
    fake_settle();
    assert_written(other, 0);
    assert_sent(&uart, "");
}

static void a_write_of_nothing_raises_its_event_behind_a_busy_line(void **state)
{
    (void)state;
    uart.room = 2;
    write_text(app, "hello\n");
    assert_success(command(other, WRITE, 0));
    assert_no_upcall(other);
    fake_uart_drain(&uart, 2);
    assert_written(app, 6);
    assert_written(other, 0);
}

static void two_apps_are_never_mixed(void **state)
{
    (void)state;
    uart.room = 1;
    write_text(app, "from app, longer than what the line takes at once\n");
    write_text(other, "from other, also longer than what it takes at once\n");
    assert_no_upcall(app);
    assert_no_upcall(other);
    fake_uart_drain(&uart, 3);
    assert_sent(&uart, "from app, longer than what the line takes at once\n"
                       "from other, also longer than what it takes at once\n");
    assert_written(app, 50);
    assert_written(other, 51);
}

static void a_partial_line_is_closed_when_another_app_writes(void **state)
{
    (void)state;
    write_text(app, "partial");
    write_text(other, "line\n");
    fake_settle();
    assert_sent(&uart, "partial\nline\n");
    assert_written(app, 7); /* the newline is nobody's */
    assert_written(other, 5);
}

static void a_partial_line_is_closed_after_100_ms(void **state)
{
    (void)state;
    write_text(app, "partial");
    fake_pass_ms(99);
    assert_sent(&uart, "partial");
    fake_pass_ms(1);
    assert_sent(&uart, "\n");
}

static void an_app_that_never_ends_its_line_delays_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        write_text(app, "z");
        fake_settle();
        assert_written(app, 1);
        write_text(other, "line\n");
        fake_settle();
        assert_written(other, 5);
        fake_pass_ms(10);
    }
}

static void a_second_write_takes_the_place_of_one_that_waits(void **state)
{
    (void)state;
    uart.room = 0;
    write_text(other, "other\n");
    write_text(app, "first\n");
    write_text(app, "second\n");
    fake_uart_drain(&uart, 4);
    assert_sent(&uart, "other\nsecond\n");
    assert_written(other, 6);
    assert_written(app, 7);
    assert_no_upcall(app);
}

static void a_second_write_waits_for_a_turn_of_its_own(void **state)
{
    (void)state;
    uart.room = 5;
    write_text(app, "0123456789012345678901234567890123456789\n");
    fake_settle();
    write_text(other, "other\n");
    write_text(app, "second\n");
    fake_uart_drain(&uart, 4);
    assert_sent(&uart, "01234567890123456789012345678901\nother\nsecond\n");
    assert_written(app, 7);
    assert_no_upcall(app);
    assert_written(other, 6);
}

/* Else the unit would never end, and nobody else's would ever begin. */
static void an_app_that_writes_anew_all_the_time_delays_nobody(void **state)
{
    (void)state;
    uint32_t text =
        fake_text(app, "0123456789012345678901234567890123456789\n");
    fake_allow_ro(app, DRIVER_CONSOLE, 1, text, 41);
    uart.room = 0;
    assert_success(command(app, WRITE, 41));
    fake_settle();
    write_text(other, "other\n");
    for (int i = 0; i < 50; i++) {
        assert_success(command(app, WRITE, 41));
        uart.room = 8;
        if (uart.owes_can_send) {
            uart.owes_can_send = false;
            uart.uart.client->can_send(uart.uart.client);
        }
        fake_settle();
    }
    uart.sent[uart.sent_len] = '\0';
    assert_non_null(strstr(uart.sent, "\nother\n"));
    fake_uart_drain(&uart, 8);
    assert_string_equal(uart.sent + uart.sent_len - 41,
                        "0123456789012345678901234567890123456789\n");
    assert_written(other, 6);
    assert_written(app, 41);
    assert_no_upcall(app);
}

static void a_second_write_after_the_event_of_the_first_harms_nothing(
    void **state)
{
    (void)state;
    uart.room = 3;
    write_text(app, "first\n");
    assert_written(app, 6); /* the buffer is the app's again */
    write_text(app, "second\n");
    assert_no_upcall(app);
    fake_uart_drain(&uart, 2);
    assert_sent(&uart, "first\nsecond\n");
    assert_written(app, 7);
    assert_no_upcall(app);
}

static void a_buffer_that_shrinks_ends_the_write_with_a_true_count(void **state)
{
    (void)state;
    uart.room = 5;
    uint32_t addr =
        allow_text(app, "0123456789012345678901234567890123456789\n");
    assert_success(command(app, WRITE, 41));
    fake_settle();
    fake_allow_ro(app, DRIVER_CONSOLE, 1, addr, 35);
    fake_uart_drain(&uart, 10);
    assert_sent(&uart, "01234567890123456789012345678901234");
    assert_written(app, 35);
}

static void a_buffer_that_shrinks_below_what_is_out_ends_the_write(void **state)
{
    (void)state;
    uart.room = 5;
    uint32_t addr =
        allow_text(app, "0123456789012345678901234567890123456789\n");
    assert_success(command(app, WRITE, 41));
    fake_settle();
    fake_allow_ro(app, DRIVER_CONSOLE, 1, addr, 3);
    fake_uart_drain(&uart, 10);
    assert_sent(&uart, "01234567890123456789012345678901");
    assert_written(app, 32);
}

static void a_revoked_buffer_ends_the_write_with_a_true_count(void **state)
{
    (void)state;
    uart.room = 5;
    allow_text(app, "0123456789012345678901234567890123456789\n");
    assert_success(command(app, WRITE, 41));
    fake_settle();
    fake_allow_ro(app, DRIVER_CONSOLE, 1, 0, 0);
    write_text(other, "other\n");
    fake_uart_drain(&uart, 10);
    assert_sent(&uart, "01234567890123456789012345678901\nother\n");
    assert_written(app, 32);
    assert_written(other, 6);
}

static void a_larger_buffer_does_not_lengthen_a_write(void **state)
{
    (void)state;
    uart.room = 0;
    write_text(other, "other\n");
    uint32_t addr = allow_text(app, "0123456789\n");
    fake_allow_ro(app, DRIVER_CONSOLE, 1, addr, 4);
    assert_success(command(app, WRITE, 11));
    fake_allow_ro(app, DRIVER_CONSOLE, 1, addr, 11);
    fake_uart_drain(&uart, 10);
    assert_sent(&uart, "other\n0123");
    assert_written(app, 4);
}

static void memory_the_app_no_longer_has_ends_the_write(void **state)
{
    (void)state;
    uint32_t end = app->base + FAKE_MEMORY;
    fake_allow_ro(app, DRIVER_CONSOLE, 1, end - 32, 64);
    memset(fake_bytes(app, end - 32), 'x', 32);
    assert_success(command(app, WRITE, 64));
    fake_settle();
    assert_written(app, 32);
    assert_sent(&uart, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

static void an_app_that_dies_in_mid_write_leaves_the_line_to_others(
    void **state)
{
    (void)state;
    uart.room = 5;
    write_text(app, "0123456789012345678901234567890123456789\n");
    fake_settle();
    write_text(other, "other\n");
    fake_die(app);
    fake_uart_drain(&uart, 10);
    assert_sent(&uart, "01234567890123456789012345678901\nother\n");
    assert_written(other, 6);
}

static void an_app_that_dies_waiting_is_passed_over(void **state)
{
    (void)state;
    uart.room = 2;
    write_text(app, "first\n");
    write_text(other, "second\n");
    fake_die(other);
    write_text(app, "third\n");
    fake_uart_drain(&uart, 10);
    assert_sent(&uart, "first\nthird\n");
}

static void an_app_that_dies_on_an_open_line_gets_it_closed(void **state)
{
    (void)state;
    write_text(app, "last words");
    fake_die(app);
    fake_pass_ms(100);
    assert_sent(&uart, "last words\n");
    write_text(other, "open");
    fake_die(other);
    write_text(fake_process("next"), "next\n");
    fake_settle();
    assert_sent(&uart, "open\nnext\n");
}

static void an_app_without_any_use_of_the_console_can_die(void **state)
{
    (void)state;
    fake_allow_ro(other, DRIVER_CONSOLE, 1, 0, 0); /* grant, never a command */
    fake_die(other);
    fake_die(app);
    fake_pass_ms(1000);
    assert_sent(&uart, "");
}

static void the_event_of_a_write_survives_a_full_queue(void **state)
{
    (void)state;
    struct fake_upcall u;
    fake_fill_queue(app, FAKE_QUEUE);
    write_text(app, "");
    fake_pass_ms(1000);
    while (app->queued > 0)
        assert_true(fake_upcall(app, &u) && u.driver != DRIVER_CONSOLE);
    fake_pass_ms(20);
    assert_written(app, 0);
    fake_pass_ms(1000);
    assert_no_upcall(app);
}

static void an_event_that_is_owed_is_not_raised_for_the_next_operation(
    void **state)
{
    (void)state;
    allow_space(app, 4);
    fake_fill_queue(app, FAKE_QUEUE);
    write_text(app, "x\n");
    assert_success(command(app, READ, 0));
    app->queued = 0;
    uart.room = 0; /* both now start anew, and wait */
    write_text(other, "other\n");
    write_text(app, "second\n");
    assert_success(command(app, READ, 1));
    fake_pass_ms(50);
    assert_no_upcall(app);
    type(app, "a");
    assert_read(app, OK, 1);
    fake_uart_drain(&uart, 4);
    assert_written(app, 7);
    assert_no_upcall(app);
}

static void an_event_waited_for_is_there_at_once_even_if_the_queue_is_full(
    void **state)
{
    (void)state;
    fake_fill_queue(app, FAKE_QUEUE);
    app->waits = true;
    app->waits_driver = DRIVER_CONSOLE;
    app->waits_number = WRITTEN;
    write_text(app, "x\n");
    assert_int_equal(app->queue[FAKE_QUEUE].driver, DRIVER_CONSOLE);
    assert_int_equal(app->info.dropped, 0);
}

static void an_app_may_die_while_an_event_is_owed_to_it(void **state)
{
    (void)state;
    fake_fill_queue(app, FAKE_QUEUE);
    write_text(app, "x\n");
    fake_die(app);
    fake_pass_ms(1000);
    assert_sent(&uart, "x\n");
}

/* ---- reading --------------------------------------------------------------------- */

static void a_read_completes_when_all_bytes_have_arrived(void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 8);
    assert_success(command(app, READ, 3));
    assert_int_equal(type(app, "ab"), 2);
    assert_no_upcall(app);
    assert_int_equal(type(app, "c"), 1);
    assert_read(app, OK, 3);
    assert_memory_equal(fake_bytes(app, addr), "abc\0", 4);
    assert_no_upcall(app);
}

static void a_read_is_cut_to_the_buffer(void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 2);
    assert_success(command(app, READ, UINT32_MAX));
    assert_int_equal(type(app, "abc"), 3);
    assert_read(app, OK, 2);
    assert_memory_equal(fake_bytes(app, addr), "ab", 2);
}

static void a_read_of_nothing_completes_at_once(void **state)
{
    (void)state;
    allow_space(app, 8);
    assert_success(command(app, READ, 0));
    assert_read(app, OK, 0);
    assert_success(command(other, READ, 5)); /* it has allowed nothing */
    assert_read(other, OK, 0);
}

static void a_read_may_be_longer_than_any_buffer_of_the_kernel(void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 1000);
    assert_success(command(app, READ, 1000));
    for (int i = 0; i < 100; i++)
        assert_int_equal(type(app, "0123456789"), 10);
    assert_read(app, OK, 1000);
    assert_memory_equal(fake_bytes(app, addr + 990), "0123456789", 10);
}

static void what_is_typed_ahead_waits_for_the_next_read(void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 4);
    assert_int_equal(type(app, "abcdef"), 6);
    assert_success(command(app, READ, 4));
    assert_read(app, OK, 4);
    assert_memory_equal(fake_bytes(app, addr), "abcd", 4);
    assert_success(command(app, READ, 3));
    assert_no_upcall(app);
    assert_int_equal(type(app, "g"), 1);
    assert_read(app, OK, 3);
    assert_memory_equal(fake_bytes(app, addr), "efgd", 4);
}

static void too_much_typed_ahead_is_refused_and_nothing_is_overwritten(
    void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CONSOLE_AHEAD; i++)
        assert_int_equal(type(app, "0"), 1);
    assert_int_equal(type(app, "9"), 0);
    uint32_t addr = allow_space(app, CONSOLE_AHEAD + 1);
    assert_success(command(app, READ, CONSOLE_AHEAD + 1));
    assert_int_equal(type(app, "1"), 1);
    assert_read(app, OK, CONSOLE_AHEAD + 1);
    assert_int_equal(*fake_bytes(app, addr + CONSOLE_AHEAD - 1), '0');
    assert_int_equal(*fake_bytes(app, addr + CONSOLE_AHEAD), '1');
}

static void a_second_read_of_the_same_app_is_busy_and_harms_nothing(
    void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 4);
    assert_success(command(app, READ, 2));
    assert_int_equal(type(app, "a"), 1);
    assert_failure(command(app, READ, 1), ERR_BUSY);
    assert_int_equal(type(app, "b"), 1);
    assert_read(app, OK, 2);
    assert_memory_equal(fake_bytes(app, addr), "ab", 2);
}

static void two_apps_read_at_once_and_each_gets_its_own_input(void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 2);
    uint32_t addr_other = allow_space(other, 2);
    assert_success(command(app, READ, 2));
    assert_success(command(other, READ, 2));
    type(app, "a");
    type(other, "xy");
    assert_read(other, OK, 2);
    assert_no_upcall(app);
    type(app, "b");
    assert_read(app, OK, 2);
    assert_memory_equal(fake_bytes(app, addr), "ab", 2);
    assert_memory_equal(fake_bytes(other, addr_other), "xy", 2);
}

static void aborting_ends_the_own_read_with_what_has_arrived(void **state)
{
    (void)state;
    allow_space(app, 4);
    allow_space(other, 4);
    assert_success(command(app, READ, 4));
    assert_success(command(other, READ, 1));
    type(app, "ab");
    assert_success(command(app, ABORT, 0));
    assert_read(app, ERR_CANCEL, 2);
    assert_no_upcall(other);
    type(other, "x");
    assert_read(other, OK, 1);
}

static void a_second_read_of_the_same_app_is_busy(void **state)
{
    (void)state;
    allow_space(app, 4);
    allow_space(other, 4);
    assert_success(command(app, READ, 4));
    assert_failure(command(app, READ, 4), ERR_BUSY);
    assert_failure(command(app, READ, 0), ERR_BUSY);
    assert_success(command(other, READ, 4)); /* others are not concerned */
    assert_success(command(app, ABORT, 0));
    assert_read(app, ERR_CANCEL, 0);
    assert_no_upcall(app);
    assert_success(command(app, READ, 4));
}

static void aborting_without_a_read_raises_no_event(void **state)
{
    (void)state;
    allow_space(other, 4);
    assert_success(command(other, READ, 4));
    assert_success(command(app, ABORT, 0));
    assert_no_upcall(app);
    assert_success(command(other, ABORT, 0));
    assert_success(command(other, ABORT, 0));
    assert_read(other, ERR_CANCEL, 0);
    assert_no_upcall(other);
}

static void a_read_after_an_abort_starts_anew(void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 4);
    assert_success(command(app, READ, 4));
    type(app, "ab");
    assert_success(command(app, ABORT, 0));
    assert_read(app, ERR_CANCEL, 2);
    assert_success(command(app, READ, 1));
    type(app, "c");
    assert_read(app, OK, 1);
    assert_memory_equal(fake_bytes(app, addr), "cb", 2);
}

static void a_revoked_buffer_ends_the_read_and_keeps_the_byte(void **state)
{
    (void)state;
    allow_space(app, 4);
    assert_success(command(app, READ, 4));
    type(app, "a");
    fake_allow_rw(app, DRIVER_CONSOLE, 1, 0, 0);
    assert_int_equal(type(app, "b"), 1);
    assert_read(app, ERR_NOMEM, 1);
    uint32_t addr = allow_space(app, 1);
    assert_success(command(app, READ, 1));
    assert_read(app, OK, 1);
    assert_int_equal(*fake_bytes(app, addr), 'b');
}

static void a_buffer_that_shrinks_ends_the_read_and_keeps_the_byte(void **state)
{
    (void)state;
    uint32_t addr = allow_space(app, 4);
    assert_success(command(app, READ, 4));
    type(app, "a");
    fake_allow_rw(app, DRIVER_CONSOLE, 1, addr, 2);
    assert_int_equal(type(app, "bc"), 2);
    assert_read(app, ERR_SIZE, 2);
    assert_memory_equal(fake_bytes(app, addr), "ab\0", 3);
    assert_success(command(app, READ, 1));
    assert_read(app, OK, 1);
    assert_int_equal(*fake_bytes(app, addr), 'c');
}

static void memory_the_app_no_longer_has_ends_the_read(void **state)
{
    (void)state;
    uint32_t end = app->base + FAKE_MEMORY;
    fake_allow_rw(app, DRIVER_CONSOLE, 1, end - 1, 8);
    assert_success(command(app, READ, 8));
    type(app, "ab");
    assert_read(app, ERR_NOMEM, 1);
}

static void an_app_may_die_while_it_reads(void **state)
{
    (void)state;
    uint32_t to = process_pid(app).handle;
    allow_space(app, 4);
    assert_success(command(app, READ, 4));
    type(app, "ab");
    fake_die(app);
    assert_false(console.sink.ops->put(&console.sink, to, 'c'));
    struct process *next = fake_process("in the same slot");
    assert_false(console.sink.ops->put(&console.sink, to, 'c'));
    allow_space(next, 1);
    assert_success(command(next, READ, 1));
    assert_no_upcall(next); /* nothing of the other's input */
}

static void input_for_nobody_is_refused(void **state)
{
    (void)state;
    assert_false(console.sink.ops->put(&console.sink, 0, 'x'));
    assert_false(console.sink.ops->put(&console.sink, UINT32_MAX, 'x'));
}

static void the_event_of_a_read_survives_a_full_queue(void **state)
{
    (void)state;
    struct fake_upcall u;
    allow_space(app, 4);
    assert_success(command(app, READ, 2));
    fake_fill_queue(app, FAKE_QUEUE);
    type(app, "ab");
    fake_pass_ms(100);
    while (app->queued > 0)
        assert_true(fake_upcall(app, &u) && u.driver != DRIVER_CONSOLE);
    fake_pass_ms(20);
    assert_read(app, OK, 2);
    fake_pass_ms(1000);
    assert_no_upcall(app);
}

static void reading_and_writing_go_on_at_once(void **state)
{
    (void)state;
    uart.room = 1;
    allow_space(app, 4);
    assert_success(command(app, READ, 2));
    write_text(app, "a question longer than what the line takes at once> ");
    type(app, "ab");
    assert_read(app, OK, 2);
    fake_uart_drain(&uart, 1);
    assert_written(app, 52);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_driver_exists_and_refuses_other_commands),
        TEST(numbers_0_exist_and_those_after_the_last_do_not),
        TEST(without_room_for_a_grant_nothing_that_raises_events_starts),
        TEST(a_short_write_is_done_when_the_command_returns),
        TEST(a_long_write_completes_once_with_the_whole_count),
        TEST(a_long_write_after_a_short_one_is_whole),
        TEST(no_more_is_written_than_was_allowed_or_asked_for),
        TEST(a_write_of_nothing_still_raises_its_event),
        TEST(a_write_of_nothing_raises_its_event_behind_a_busy_line),
        TEST(two_apps_are_never_mixed),
        TEST(a_partial_line_is_closed_when_another_app_writes),
        TEST(a_partial_line_is_closed_after_100_ms),
        TEST(an_app_that_never_ends_its_line_delays_nobody),
        TEST(a_second_write_takes_the_place_of_one_that_waits),
        TEST(a_second_write_waits_for_a_turn_of_its_own),
        TEST(an_app_that_writes_anew_all_the_time_delays_nobody),
        TEST(a_second_write_after_the_event_of_the_first_harms_nothing),
        TEST(a_buffer_that_shrinks_ends_the_write_with_a_true_count),
        TEST(a_buffer_that_shrinks_below_what_is_out_ends_the_write),
        TEST(a_revoked_buffer_ends_the_write_with_a_true_count),
        TEST(a_larger_buffer_does_not_lengthen_a_write),
        TEST(memory_the_app_no_longer_has_ends_the_write),
        TEST(an_app_that_dies_in_mid_write_leaves_the_line_to_others),
        TEST(an_app_that_dies_waiting_is_passed_over),
        TEST(an_app_that_dies_on_an_open_line_gets_it_closed),
        TEST(an_app_without_any_use_of_the_console_can_die),
        TEST(the_event_of_a_write_survives_a_full_queue),
        TEST(an_event_that_is_owed_is_not_raised_for_the_next_operation),
        TEST(an_event_waited_for_is_there_at_once_even_if_the_queue_is_full),
        TEST(an_app_may_die_while_an_event_is_owed_to_it),
        TEST(a_read_completes_when_all_bytes_have_arrived),
        TEST(a_read_is_cut_to_the_buffer),
        TEST(a_read_of_nothing_completes_at_once),
        TEST(a_read_may_be_longer_than_any_buffer_of_the_kernel),
        TEST(what_is_typed_ahead_waits_for_the_next_read),
        TEST(too_much_typed_ahead_is_refused_and_nothing_is_overwritten),
        TEST(a_second_read_of_the_same_app_is_busy_and_harms_nothing),
        TEST(two_apps_read_at_once_and_each_gets_its_own_input),
        TEST(aborting_ends_the_own_read_with_what_has_arrived),
        TEST(a_second_read_of_the_same_app_is_busy),
        TEST(aborting_without_a_read_raises_no_event),
        TEST(a_read_after_an_abort_starts_anew),
        TEST(a_revoked_buffer_ends_the_read_and_keeps_the_byte),
        TEST(a_buffer_that_shrinks_ends_the_read_and_keeps_the_byte),
        TEST(memory_the_app_no_longer_has_ends_the_read),
        TEST(an_app_may_die_while_it_reads),
        TEST(input_for_nobody_is_refused),
        TEST(the_event_of_a_read_survives_a_full_queue),
        TEST(reading_and_writing_go_on_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

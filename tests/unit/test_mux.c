/* SPDX-License-Identifier: Apache-2.0 */
/* The text multiplexer.
 * SOURCES: drivers/mux.c tests/fake/kernel.c tests/fake/uart.c */
#include <drivers/mux.h>

#include <stdlib.h>
#include <string.h>

#include <tests/fake/kernel.h>
#include <tests/fake/uart.h>

/* A writer whose units are strings, one after the other. */
struct script {
    struct writer writer;
    const char *units[4]; /* rest of the one under way first */
    uint32_t done;        /* units that are complete */
    const char *closing;
    uint32_t told_displaced, told_free;
    bool by_itself; /* writes again when the line is free */
};

static struct fake_uart uart;
static struct mux mux;
static struct text_port *const port = &mux.port;
static char received[64];
static struct script *writing; /* whose write() is running */

static void on_bytes(void *receiver, const uint8_t *bytes, size_t len)
{
    strncat(receiver, (const char *)bytes, len);
}

static void unit_write(struct script *s, const char *unit)
{
    uint32_t n = 0;
    while (s->units[n])
        n++;
    s->units[n] = unit;
    struct script *outer = writing;
    writing = s;
    port->ops->write(port, &s->writer);
    writing = outer;
}

static bool unit_put(struct script *s, const char *unit)
{
    return port->ops->put(port, &s->writer, (const uint8_t *)unit,
                          strlen(unit));
}

static size_t script_next(struct writer *w, uint8_t *to, size_t cap)
{
    struct script *s = CONTAINER_OF(w, struct script, writer);
    assert_true(writing == NULL);
    assert_true(cap > 0);
    const char *rest = s->units[0] ? s->units[0] : "";
    size_t n = strlen(rest) < cap ? strlen(rest) : cap;
    memcpy(to, rest, n);
    if (n > 0) {
        s->units[0] = rest + n;
        return n;
    }
    s->done++;
    memmove(&s->units[0], &s->units[1], sizeof s->units - sizeof s->units[0]);
    s->units[3] = NULL;
    if (s->units[0])
        port->ops->write(port, w); /* from inside next(), as is allowed */
    return 0;
}

static const char *script_displaced(struct writer *w)
{
    struct script *s = CONTAINER_OF(w, struct script, writer);
    assert_null(writing);
    s->told_displaced++;
    return s->closing;
}

static void script_line_free(struct writer *w)
{
    struct script *s = CONTAINER_OF(w, struct script, writer);
    assert_null(writing);
    assert_false(w->displaced);
    s->told_free++;
    if (s->by_itself)
        unit_write(s, "$ ");
}

static const struct writer_ops plain_ops = { .next = script_next };
static const struct writer_ops prompt_ops = {
    .next = script_next,
    .displaced = script_displaced,
    .line_free = script_line_free,
};

static struct script a, b, prompt;

static int setup(void **state)
{
    (void)state;
    a = b = (struct script){ .writer.ops = &plain_ops };
    prompt = (struct script){
        .writer = { .ops = &prompt_ops, .keeps_line = true },
        .closing = "\r\x1b[K",
        .by_itself = true,
    };
    writing = NULL;
    received[0] = '\0';
    memset(&mux, 0, sizeof mux);
    fake_boot(NULL, 0);
    fake_uart_init(&uart, FAKE_UART_ALWAYS_READY);
    mux_init(&mux, &uart.uart, on_bytes, received);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

/* ---- units ------------------------------------------------------------------ */

static void a_unit_goes_out_from_the_kernel_loop(void **state)
{
    (void)state;
    unit_write(&a, "hello\n");
    assert_sent(&uart, "");
    fake_settle();
    assert_sent(&uart, "hello\n");
    assert_int_equal(a.done, 1);
    assert_false(a.writer.queued);
}

static void a_long_unit_is_moved_one_stage_at_a_time(void **state)
{
    (void)state;
    char unit[1001];
    memset(unit, 'x', 1000);
    unit[999] = '\n';
    unit[1000] = '\0';
    unit_write(&a, unit);
    assert_true(fake_settle_one());
    assert_int_equal(uart.sent_len, MUX_STAGE);
    assert_true(fake_settle_one());
    assert_int_equal(uart.sent_len, 2 * MUX_STAGE);
    fake_settle();
    assert_sent(&uart, unit);
    assert_int_equal(a.done, 1);
}

static void a_unit_of_exactly_one_stage_completes(void **state)
{
    (void)state;
    unit_write(&a, "0123456789012345678901234567890\n");
    fake_settle();
    assert_sent(&uart, "0123456789012345678901234567890\n");
    assert_int_equal(a.done, 1);
}

static void units_wait_for_their_turn_and_are_never_mixed(void **state)
{
    (void)state;
    fake_uart_init(&uart, 3);
    mux_init(&mux, &uart.uart, on_bytes, received);
    unit_write(&a, "one long line of a, longer than the stage\nand a second\n");
    unit_write(&b, "from b\n");
    unit_write(&prompt, "from prompt\n");
    unit_write(&a, "a again\n");
    fake_settle();
    assert_sent(&uart, "one");
    fake_uart_drain(&uart, 5);
    assert_sent(&uart, " long line of a, longer than the stage\nand a second\n"
                       "from b\nfrom prompt\na again\n");
    assert_int_equal(a.done, 2);
    assert_int_equal(b.done, 1);
}

static void units_queued_from_inside_next_take_their_turn(void **state)
{
    (void)state;
    uart.room = 0;
    unit_write(&prompt, "first\n");
    unit_write(&a, "a1\n");
    unit_write(&b, "b1\n");
    unit_write(&a, "a2\n"); /* script_next() queues it */
    unit_write(&a, "a3\n");
    fake_uart_drain(&uart, 2);
    assert_sent(&uart, "first\na1\nb1\na2\na3\n");
}

static void the_next_piece_is_asked_for_only_when_the_uart_took_the_last(
    void **state)
{
    (void)state;
    uart.room = 2;
    unit_write(&a, "abc\n");
    fake_settle();
    assert_int_equal(a.done, 0); /* not even told that there is no more */
    fake_uart_drain(&uart, 1);
    assert_int_equal(a.done, 1);
    assert_sent(&uart, "abc\n");
}

static void an_empty_unit_completes_and_leaves_others_lines_alone(void **state)
{
    (void)state;
    unit_write(&a, "open");
    unit_write(&b, "");
    fake_settle();
    assert_int_equal(b.done, 1);
    unit_write(&a, " still\n");
    fake_settle();
    assert_sent(&uart, "open still\n");
}

static void a_queued_writer_that_writes_keeps_its_place(void **state)
{
    (void)state;
    uart.room = 0;
    unit_write(&a, "a1\n");
    unit_write(&b, "b1\n");
    unit_write(&b, "b2\n");
    unit_write(&a, "a2\n");
    fake_uart_drain(&uart, 4);
    assert_sent(&uart, "a1\nb1\na2\nb2\n");
}

static void a_short_unit_is_put_at_once_on_an_idle_line(void **state)
{
    (void)state;
    assert_true(unit_put(&a, "hello\n"));
    assert_sent(&uart, "hello\n");
    assert_false(fake_settle_one());
    assert_true(unit_put(&a, "open, "));
    assert_true(unit_put(&a, "its own"));
    fake_pass_ms(100);
    assert_sent(&uart, "open, its own\n");
}

static void what_the_uart_has_no_room_for_of_a_unit_put_follows(void **state)
{
    (void)state;
    uart.room = 2;
    assert_true(unit_put(&a, "hello\n"));
    assert_false(unit_put(&a, "more\n"));
    unit_write(&a, "more\n");
    assert_sent(&uart, "he");
    fake_uart_drain(&uart, 1);
    assert_sent(&uart, "llo\nmore\n");
}

static void only_units_of_one_stage_can_be_put(void **state)
{
    (void)state;
    assert_false(unit_put(&a, ""));
    assert_false(unit_put(&a, "01234567890123456789012345678901\n"));
    assert_true(unit_put(&a, "0123456789012345678901234567890\n"));
    assert_sent(&uart, "0123456789012345678901234567890\n");
}

static void nothing_is_put_before_those_that_wait(void **state)
{
    (void)state;
    unit_write(&a, "a\n");
    assert_false(unit_put(&b, "b\n")); /* queued */
    assert_true(fake_settle_one());
    assert_sent(&uart, "a\n");
    assert_false(unit_put(&b, "b\n")); /* not known to be complete */
    fake_settle();
    assert_true(unit_put(&b, "b\n"));
    assert_sent(&uart, "b\n");
}

static void nothing_is_put_on_an_open_line_of_another(void **state)
{
    (void)state;
    assert_true(unit_put(&a, "open"));
    assert_false(unit_put(&b, "b\n"));
    fake_pass_ms(100);
    assert_true(unit_put(&b, "b\n"));
    assert_sent(&uart, "open\nb\n");
}

/* ---- open lines ---------------------------------------------------------------- */

static void one_writer_continues_its_own_line(void **state)
{
    (void)state;
    unit_write(&a, "one, ");
    fake_pass_ms(99);
    unit_write(&a, "two");
    fake_pass_ms(99);
    unit_write(&a, "\n");
    fake_pass_ms(500);
    assert_sent(&uart, "one, two\n");
}

static void a_line_left_open_is_closed_when_another_follows(void **state)
{
    (void)state;
    unit_write(&a, "open");
    unit_write(&b, "next\n");
    unit_write(&a, "alone\n");
    fake_pass_ms(500);
    assert_sent(&uart, "open\nnext\nalone\n");
}

static void a_line_left_open_is_closed_after_100_ms(void **state)
{
    (void)state;
    unit_write(&a, "open");
    fake_pass_ms(99);
    assert_sent(&uart, "open");
    fake_pass_ms(1);
    assert_sent(&uart, "\n");
    fake_pass_ms(500);
    assert_sent(&uart, "");
}

static void the_100_ms_begin_anew_with_each_piece_of_the_line(void **state)
{
    (void)state;
    unit_write(&a, "1");
    fake_pass_ms(60);
    unit_write(&a, "2");
    fake_pass_ms(60);
    unit_write(&a, "3");
    fake_pass_ms(99);
    assert_sent(&uart, "123");
    fake_pass_ms(1);
    assert_sent(&uart, "\n");
}

static void empty_units_of_others_do_not_keep_a_line_open(void **state)
{
    (void)state;
    unit_write(&a, "open");
    fake_pass_ms(50);
    unit_write(&b, "");
    fake_pass_ms(49);
    assert_sent(&uart, "open");
    fake_pass_ms(1);
    assert_sent(&uart, "\n");
}

static void a_kept_line_is_not_closed_by_time(void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    fake_pass_ms(10000);
    assert_sent(&uart, "$ ");
    assert_int_equal(prompt.told_displaced, 0);
}

static void closing_by_time_waits_for_a_busy_uart(void **state)
{
    (void)state;
    uart.room = 4;
    unit_write(&a, "open");
    fake_pass_ms(150);
    assert_sent(&uart, "open");
    fake_uart_drain(&uart, 1);
    fake_pass_ms(150);
    assert_sent(&uart, "\n");
    assert_int_equal(a.done, 1);
}

static void a_unit_after_a_closing_newline_that_is_stuck_follows_it(
    void **state)
{
    (void)state;
    uart.room = 4;
    unit_write(&a, "open");
    fake_pass_ms(100);
    unit_write(&b, "next\n");
    fake_settle();
    assert_sent(&uart, "open");
    fake_uart_drain(&uart, 1);
    assert_sent(&uart, "\nnext\n");
}

/* ---- displacing ----------------------------------------------------------------- */

static void a_displaced_prompt_is_erased_and_comes_back(void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    fake_settle();
    assert_sent(&uart, "$ ");
    unit_write(&a, "hello\n");
    fake_settle();
    assert_sent(&uart, "\r\x1b[Khello\n");
    assert_true(prompt.writer.displaced);
    fake_pass_ms(100);
    assert_sent(&uart, "$ ");
    assert_false(prompt.writer.displaced);
    assert_int_equal(prompt.told_displaced, 1);
    assert_int_equal(prompt.told_free, 1);
    fake_pass_ms(1000);
    assert_sent(&uart, "");
}

static void a_displaced_prompt_comes_back_between_lines_of_a_busy_app(
    void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    for (uint32_t i = 0; i < 50; i++) {
        unit_write(&a, "line\n");
        fake_pass_ms(10);
    }
    assert_in_range(prompt.told_free, 4, 5);
}

static void a_displaced_prompt_waits_until_an_open_line_is_closed(void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    for (uint32_t i = 0; i < 4; i++) {
        unit_write(&a, ".");
        fake_pass_ms(60);
    }
    assert_int_equal(prompt.told_free, 0);
    fake_pass_ms(40);
    assert_sent(&uart, "$ \r\x1b[K....\n$ ");
}

static void a_displaced_writer_that_writes_is_not_told_of_the_line(void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    unit_write(&a, "hello\n");
    fake_settle();
    unit_write(&prompt, "$ x");
    fake_settle();
    assert_false(prompt.writer.displaced);
    fake_pass_ms(1000);
    assert_int_equal(prompt.told_free, 0);
    assert_sent(&uart, "$ \r\x1b[Khello\n$ x");
    unit_write(&a, "hello\n");
    fake_settle();
    unit_write(&prompt, "a line\n");
    fake_pass_ms(1000);
    assert_int_equal(prompt.told_free, 0);
}

static void a_line_is_not_given_back_before_its_end_is_out(void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    unit_write(&a, "x");
    fake_settle();
    uart.room = 0;
    fake_pass_ms(1000);
    assert_int_equal(prompt.told_free, 0);
    fake_uart_drain(&uart, 1);
    uart.room = FAKE_UART_ALWAYS_READY;
    fake_pass_ms(100);
    assert_int_equal(prompt.told_free, 1);
    assert_sent(&uart, "$ \r\x1b[Kx\n$ ");
}

static void a_prompt_without_closing_text_gets_a_newline(void **state)
{
    (void)state;
    prompt.closing = NULL;
    prompt.by_itself = false;
    unit_write(&prompt, "$ ");
    unit_write(&a, "x\n");
    fake_pass_ms(1000);
    assert_sent(&uart, "$ \nx\n");
    assert_int_equal(prompt.told_free, 1);
    unit_write(&a, "y");
    fake_pass_ms(1000);
    assert_int_equal(prompt.told_free, 1); /* it has not written since */
}

static void closing_text_goes_out_whole_on_a_slow_uart(void **state)
{
    (void)state;
    uart.room = 2;
    unit_write(&prompt, "$ ");
    unit_write(&a, "x\n");
    fake_uart_drain(&uart, 1);
    assert_sent(&uart, "$ \r\x1b[Kx\n");
}

/* ---- cancelling ------------------------------------------------------------------ */

static void cancelling_in_mid_unit_keeps_what_was_handed_over(void **state)
{
    (void)state;
    uart.room = 3;
    unit_write(&a, "0123456789012345678901234567890123456789\n");
    unit_write(&b, "from b\n");
    assert_true(fake_settle_one());
    port->ops->cancel(port, &a.writer);
    fake_uart_drain(&uart, 7);
    assert_sent(&uart, "01234567890123456789012345678901\nfrom b\n");
    assert_false(a.writer.queued);
    assert_int_equal(a.done, 0);
}

static void cancelling_between_two_stages_lets_the_next_go_on(void **state)
{
    (void)state;
    unit_write(&a, "0123456789012345678901234567890123456789\n");
    unit_write(&b, "from b\n");
    assert_true(fake_settle_one());
    port->ops->cancel(port, &a.writer);
    fake_settle();
    assert_sent(&uart, "01234567890123456789012345678901\nfrom b\n");
}

static void cancelling_a_waiting_writer_takes_it_out_of_the_queue(void **state)
{
    (void)state;
    struct script *const order[] = { &a, &b, &prompt };
    for (size_t gone = 1; gone < 3; gone++) {
        setup(state);
        uart.room = 0;
        for (size_t i = 0; i < 3; i++)
            unit_write(order[i], i == 0 ? "a\n" : i == 1 ? "b\n" : "c\n");
        port->ops->cancel(port, &order[gone]->writer);
        order[gone]->units[0] = NULL;
        fake_uart_drain(&uart, 1);
        assert_sent(&uart, gone == 1 ? "a\nc\n" : "a\nb\n");
        unit_write(order[gone], "back\n");
        fake_uart_drain(&uart, 1);
        assert_sent(&uart, "back\n");
    }
}

static void the_open_line_of_a_cancelled_writer_is_closed(void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    fake_pass_ms(500);
    port->ops->cancel(port, &prompt.writer);
    fake_pass_ms(100);
    assert_sent(&uart, "$ \n");
    prompt.units[0] = NULL;
    unit_write(&prompt, "$ ");
    fake_pass_ms(500);
    port->ops->cancel(port, &prompt.writer);
    unit_write(&a, "next\n");
    fake_settle();
    assert_sent(&uart, "$ \nnext\n");
    assert_int_equal(prompt.told_displaced, 0);
}

static void a_cancelled_writer_is_forgotten_altogether(void **state)
{
    (void)state;
    struct script *dead = calloc(1, sizeof *dead);
    assert_non_null(dead);
    *dead = prompt;
    unit_write(dead, "$ ");
    unit_write(&a, "hello\n");
    fake_settle();
    assert_true(dead->writer.displaced);
    port->ops->cancel(port, &dead->writer);
    free(dead); /* whoever still knows it is caught here */
    unit_write(&b, "more\n");
    fake_pass_ms(1000);
    assert_sent(&uart, "$ \r\x1b[Khello\nmore\n");
}

static void cancelling_the_last_in_the_queue_leaves_room_behind_it(void **state)
{
    (void)state;
    uart.room = 0;
    unit_write(&prompt, "first\n");
    unit_write(&a, "a\n");
    unit_write(&b, "b\n");
    port->ops->cancel(port, &b.writer);
    b.units[0] = NULL;
    unit_write(&b, "b again\n");
    fake_uart_drain(&uart, 1);
    assert_sent(&uart, "first\na\nb again\n");
}

static void cancelling_lets_nobody_jump_the_queue(void **state)
{
    (void)state;
    uart.room = 1;
    unit_write(&a, "a\n");
    unit_write(&b, "b\n");
    assert_true(fake_settle_one());
    port->ops->cancel(port, &a.writer);
    unit_write(&prompt, "last\n");
    fake_uart_drain(&uart, 1);
    assert_sent(&uart, "a\nb\nlast\n");
}

static void a_displaced_prompt_comes_back_though_who_displaced_it_is_gone(
    void **state)
{
    (void)state;
    unit_write(&prompt, "$ ");
    fake_pass_ms(500);
    uart.room = 0;
    unit_write(&a, "0123456789012345678901234567890\nand more\n");
    fake_settle();
    port->ops->cancel(port, &a.writer);
    fake_uart_drain(&uart, 1);
    uart.room = 2;
    fake_pass_ms(200);
    assert_sent(&uart, "$ \r\x1b[K0123456789012345678901234567890\n$ ");
}

static void cancelling_an_idle_writer_changes_nothing(void **state)
{
    (void)state;
    unit_write(&a, "a\n");
    port->ops->cancel(port, &b.writer);
    fake_settle();
    port->ops->cancel(port, &a.writer);
    fake_pass_ms(1000);
    assert_sent(&uart, "a\n");
}

/* ---- all together ------------------------------------------------------------------- */

static void whatever_arrives_is_handed_to_the_receiver(void **state)
{
    (void)state;
    fake_uart_type(&uart, "a line longer than sixteen bytes\n");
    assert_string_equal(received, "a line longer than sixteen bytes\n");
}

/* A run of random writes, room and time; then each writer's bytes, its lines
 * marked by its letter, are there in order and none is on another's line. */
static void nothing_is_lost_doubled_or_mixed_in_random_runs(void **state)
{
    (void)state;
    static const char *const a_units[] = {
        "a", "aa\n", "aaaaaaaaaaa\naa\n",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
    static const char *const b_units[] = {
        "b\n", "bb", "",
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\nbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    };
    for (unsigned seed = 1; seed <= 300; seed++) {
        size_t want_a = 0, want_b = 0, got_a = 0, got_b = 0;
        setup(state);
        srand(seed);
        uart.room = (size_t)rand() % 8;
        for (int step = 0; step < 60; step++) {
            const char *unit_a = a_units[rand() % 4];
            const char *unit_b = b_units[rand() % 4];
            int what = rand() % 6;
            if (what == 0 && !a.units[2]) {
                want_a += strlen(unit_a) - (strchr(unit_a, '\n') != NULL);
                want_a -= unit_a == a_units[2];
                unit_write(&a, unit_a);
            } else if (what == 1 && !b.units[2]) {
                want_b += strlen(unit_b) - (strchr(unit_b, '\n') != NULL);
                unit_write(&b, unit_b);
            } else if (what == 5 && !a.units[0] && unit_put(&a, "aaa\n")) {
                want_a += 3;
            } else if (what == 2) {
                fake_settle_one();
            } else if (what == 3) {
                fake_pass_ms((uint32_t)rand() % 120);
            } else if (uart.owes_can_send) {
                uart.owes_can_send = false;
                uart.room = (size_t)rand() % 40;
                mux.client.can_send(&mux.client);
            }
        }
        fake_uart_drain(&uart, 9);
        char line = '\n';
        for (size_t i = 0; i < uart.sent_len; i++) {
            char c = uart.sent[i];
            got_a += c == 'a';
            got_b += c == 'b';
            if (c != '\n' && line != '\n' && c != line)
                fail_msg("seed %u: a line of two writers", seed);
            line = c;
        }
        assert_int_equal(got_a, want_a);
        assert_int_equal(got_b, want_b);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_unit_goes_out_from_the_kernel_loop),
        TEST(a_long_unit_is_moved_one_stage_at_a_time),
        TEST(a_unit_of_exactly_one_stage_completes),
        TEST(units_wait_for_their_turn_and_are_never_mixed),
        TEST(units_queued_from_inside_next_take_their_turn),
        TEST(the_next_piece_is_asked_for_only_when_the_uart_took_the_last),
        TEST(an_empty_unit_completes_and_leaves_others_lines_alone),
        TEST(a_queued_writer_that_writes_keeps_its_place),
        TEST(a_short_unit_is_put_at_once_on_an_idle_line),
        TEST(what_the_uart_has_no_room_for_of_a_unit_put_follows),
        TEST(only_units_of_one_stage_can_be_put),
        TEST(nothing_is_put_before_those_that_wait),
        TEST(nothing_is_put_on_an_open_line_of_another),
        TEST(one_writer_continues_its_own_line),
        TEST(a_line_left_open_is_closed_when_another_follows),
        TEST(a_line_left_open_is_closed_after_100_ms),
        TEST(the_100_ms_begin_anew_with_each_piece_of_the_line),
        TEST(empty_units_of_others_do_not_keep_a_line_open),
        TEST(a_kept_line_is_not_closed_by_time),
        TEST(closing_by_time_waits_for_a_busy_uart),
        TEST(a_unit_after_a_closing_newline_that_is_stuck_follows_it),
        TEST(a_displaced_prompt_is_erased_and_comes_back),
        TEST(a_displaced_prompt_comes_back_between_lines_of_a_busy_app),
        TEST(a_displaced_prompt_waits_until_an_open_line_is_closed),
        TEST(a_displaced_writer_that_writes_is_not_told_of_the_line),
        TEST(a_line_is_not_given_back_before_its_end_is_out),
        TEST(a_prompt_without_closing_text_gets_a_newline),
        TEST(closing_text_goes_out_whole_on_a_slow_uart),
        TEST(cancelling_in_mid_unit_keeps_what_was_handed_over),
        TEST(cancelling_between_two_stages_lets_the_next_go_on),
        TEST(cancelling_a_waiting_writer_takes_it_out_of_the_queue),
        TEST(the_open_line_of_a_cancelled_writer_is_closed),
        TEST(a_cancelled_writer_is_forgotten_altogether),
        TEST(cancelling_the_last_in_the_queue_leaves_room_behind_it),
        TEST(cancelling_lets_nobody_jump_the_queue),
        TEST(a_displaced_prompt_comes_back_though_who_displaced_it_is_gone),
        TEST(cancelling_an_idle_writer_changes_nothing),
        TEST(whatever_arrives_is_handed_to_the_receiver),
        TEST(nothing_is_lost_doubled_or_mixed_in_random_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

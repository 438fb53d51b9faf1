/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's end without a command line: news alone, on the real multiplexer
 * and the real kernel log, and where typed bytes go.
 * SOURCES: loader/plain.c loader/news.c drivers/mux.c
 * SOURCES: kernel/report.c kernel/format.c kernel/log.c
 * SOURCES: tests/fake/kernel.c tests/fake/uart.c */
#include <drivers/mux.h>
#include <kernel/kernel.h>
#include <loader/plain.h>

#include <stdio.h>
#include <string.h>

#include <tests/fake/kernel.h>
#include <tests/fake/uart.h>

/* ---- the world around it ------------------------------------------------- */

static struct fake_uart uart;
static struct mux mux;
static struct plain plain;
static uint8_t ring[512];

const struct kernel_config kernel_config = {
    .log = ring,
    .log_size = sizeof ring,
    .log_level = LOG_DEBUG,
};

static void (*on_end)(void);
static bool is_due;
static uint32_t registers[32];

void process_on_end(void (*notify)(void))
{
    on_end = notify;
}

uint32_t process_report_due(void)
{
    return is_due ? 0 : FAKE_SLOTS;
}

void process_report_done(uint32_t slot)
{
    assert_int_equal(slot, 0);
    assert_true(is_due);
    is_due = false;
}

bool process_facts(uint32_t slot, struct fault_facts *facts)
{
    if (!process_inspect(slot, &facts->info))
        return false;
    facts->cause = 7;
    facts->value = 0x80000FFC;
    facts->registers = registers;
    return true;
}

/* An app's input: what it got, and how much more it takes. */
static struct {
    struct text_sink sink;
    char got[64];
    size_t len, room;
    uint32_t to;
} app_input;

static bool input_put(struct text_sink *sink, uint32_t to, uint8_t byte)
{
    assert_ptr_equal(sink, &app_input.sink);
    if (app_input.room == 0)
        return false;
    app_input.room--;
    app_input.to = to;
    app_input.got[app_input.len++] = (char)byte;
    return true;
}

static const struct text_sink_ops input_ops = { input_put };

static const struct operator_board board = {
    .port = &mux.port,
    .sink = &app_input.sink,
    .log_level = LOG_INFO,
};

const struct operator_board *operator_config(void)
{
    return &board;
}

static int setup(void **state)
{
    (void)state;
    fake_boot(NULL, 0);
    fake_uart_init(&uart, FAKE_UART_ALWAYS_READY);
    memset(&mux, 0, sizeof mux);
    memset(&plain, 0, sizeof plain);
    memset(&app_input, 0, sizeof app_input);
    app_input.sink.ops = &input_ops;
    app_input.room = sizeof app_input.got;
    is_due = false;
    klog_clear();
    mux_init(&mux, &uart.uart, plain_receive, &plain);
    return 0;
}

static int setup_started(void **state)
{
    setup(state);
    plain_init(&plain);
    fake_settle();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static void type(const char *text)
{
    fake_uart_type(&uart, text);
    fake_settle();
}

static void attach(pid_handle_t pid)
{
    assert_int_equal(operator_attach(pid), OK);
}

/* ---- news ----------------------------------------------------------------- */

static void nothing_is_said_without_news(void **state)
{
    (void)state;
    fake_pass_ms(1000);
    assert_sent(&uart, "");
}

static void the_log_before_the_start_comes_first(void **state)
{
    (void)state;
    klog(LOG_INFO, "one");
    klog(LOG_ERROR, "two");
    plain_init(&plain);
    fake_settle();
    assert_sent(&uart, "[info]  one\r\n[error] two\r\n");
}

static void each_new_line_of_the_log_comes_once(void **state)
{
    (void)state;
    klog(LOG_WARN, "one");
    klog(LOG_DEBUG, "kept, not shown");
    klog(LOG_INFO, "two");
    fake_settle();
    assert_sent(&uart, "[warn]  one\r\n[info]  two\r\n");
    klog(LOG_INFO, "three");
    fake_settle();
    assert_sent(&uart, "[info]  three\r\n");
}

static void a_fault_is_reported_before_the_log_and_only_then_over(void **state)
{
    (void)state;
    fake_process("crash");
    is_due = true;
    uart.room = 10;
    klog(LOG_INFO, "later");
    on_end();
    fake_settle();
    assert_true(is_due);
    uart.room = FAKE_UART_ALWAYS_READY;
    fake_uart_drain(&uart, 1000);
    assert_false(is_due);
    uart.sent[uart.sent_len] = '\0';
    assert_memory_equal(uart.sent, "crash (pid 256) ", 16);
    const char *last = "[info]  later\r\n";
    assert_string_equal(uart.sent + uart.sent_len - strlen(last), last);
}

static void a_line_of_the_log_acts_upon_no_terminal(void **state)
{
    (void)state;
    klog(LOG_INFO, "a\x1b[2Jb");
    fake_settle();
    uart.sent[uart.sent_len] = '\0';
    assert_null(strchr(uart.sent, '\x1b'));
}

/* ---- what is typed --------------------------------------------------------- */

static void typing_to_nobody_is_nothing(void **state)
{
    (void)state;
    fake_process("hello");
    type("reset\r\x1d\x03list\r");
    assert_int_equal(app_input.len, 0);
    assert_sent(&uart, "");
}

static void typing_goes_to_who_is_attached_until_the_escape(void **state)
{
    (void)state;
    struct process *p = fake_process("hello");
    attach(process_pid(p));
    type("a\r\x03\xff");
    type("b\x1d"
         "c");
    assert_int_equal(app_input.len, 5);
    assert_memory_equal(app_input.got,
                        "a\r\x03\xff"
                        "b",
                        5);
    assert_int_equal(app_input.to, process_pid(p).handle);
    assert_sent(&uart, "");
}

static void the_last_to_be_attached_gets_it(void **state)
{
    (void)state;
    struct process *first = fake_process("first");
    struct process *second = fake_process("second");
    attach(process_pid(first));
    attach(process_pid(second));
    type("x");
    assert_int_equal(app_input.to, process_pid(second).handle);
}

/* Once, and again when some was taken meanwhile. */
static void input_that_is_lost_is_told(void **state)
{
    (void)state;
    const char *told = "[warn]  input is lost: its app is full or ended\r\n";
    attach(process_pid(fake_process("full")));
    app_input.room = 1;
    type("abc");
    assert_sent(&uart, told);
    type("def");
    assert_sent(&uart, "");
    app_input.room = 1;
    type("g");
    assert_sent(&uart, "");
    type("h");
    assert_sent(&uart, told);
    assert_int_equal(app_input.len, 2);
}

static void input_that_the_next_app_loses_is_told_too(void **state)
{
    (void)state;
    const char *told = "[warn]  input is lost: its app is full or ended\r\n";
    app_input.room = 0;
    attach(process_pid(fake_process("first")));
    type("a");
    assert_sent(&uart, told);
    attach(process_pid(fake_process("second")));
    type("b");
    assert_sent(&uart, told);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, setup_started, teardown)
#define TEST_BEFORE_START(name)                                                \
    cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_said_without_news),
        TEST_BEFORE_START(the_log_before_the_start_comes_first),
        TEST(each_new_line_of_the_log_comes_once),
        TEST(a_fault_is_reported_before_the_log_and_only_then_over),
        TEST(a_line_of_the_log_acts_upon_no_terminal),
        TEST(typing_to_nobody_is_nothing),
        TEST(typing_goes_to_who_is_attached_until_the_escape),
        TEST(the_last_to_be_attached_gets_it),
        TEST(input_that_is_lost_is_told),
        TEST(input_that_the_next_app_loses_is_told_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/fake/operated.h>

#include <kernel/kernel.h>

struct fake_uart uart;
static struct mux mux;
struct operator_console console;
struct operator_board board;

const struct operator_board *operator_config(void)
{
    return &board;
}

char history[48];
static uint8_t ring[256];

const struct kernel_config kernel_config = {
    .log = ring,
    .log_size = sizeof ring,
    .log_level = LOG_DEBUG,
};

void (*on_end)(void);

bool due[FAKE_SLOTS];
uint32_t registers[32];

void process_on_end(void (*notify)(void))
{
    on_end = notify;
}

uint32_t process_report_due(void)
{
    uint32_t slot = 0;
    while (slot < FAKE_SLOTS && !due[slot])
        slot++;
    return slot;
}

void process_report_done(uint32_t slot)
{
    assert_true(due[slot]);
    due[slot] = false;
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

struct app_input app_input;

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

/* An app's output: one unit at a time. */
static struct other {
    struct writer writer;
    const char *unit;
} other;

static size_t other_next(struct writer *writer, uint8_t *to, size_t cap)
{
    struct other *o = CONTAINER_OF(writer, struct other, writer);
    size_t n = strlen(o->unit) < cap ? strlen(o->unit) : cap;
    memcpy(to, o->unit, n);
    o->unit += n;
    return n;
}

static const struct writer_ops other_ops = { .next = other_next };

void other_says(const char *unit)
{
    other.unit = unit;
    mux.port.ops->write(&mux.port, &other.writer);
}

uint32_t hooks;

static const struct map_region sections[] = {
    { 0x20010000, 0x20014000, "r-x", "Code" },
    { 0x80000000, 0x80000800, "rw-", "Stack" },
};

void start(void)
{
    mux_init(&mux, &uart.uart, operator_receive, &console);
    operator_init(&console);
    fake_pass_ms(1);
    fake_uart_drain(&uart, 1000);
}

int setup(void **state)
{
    (void)state;
    fake_boot(NULL, 0);
    fake_uart_init(&uart, FAKE_UART_ALWAYS_READY);
    memset(&mux, 0, sizeof mux);
    memset(&console, 0, sizeof console);
    memset(history, 0, sizeof history);
    memset(due, 0, sizeof due);
    memset(&app_input, 0, sizeof app_input);
    app_input.sink.ops = &input_ops;
    app_input.room = sizeof app_input.got;
    memset(&other, 0, sizeof other);
    other.writer.ops = &other_ops;
    hooks = 0;
    klog_clear();
    board = (struct operator_board){
        .port = &mux.port,
        .sink = &app_input.sink,
        .history = history,
        .history_size = sizeof history,
        .log_level = LOG_INFO,
        .version = "2.3 (build test)",
        .sections = sections,
        .section_count = 2,
    };
    return 0;
}

int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

int setup_started(void **state)
{
    setup(state);
    start();
    assert_sent(&uart, PROMPT);
    return 0;
}

void paste(const char *text)
{
    fake_uart_type(&uart, text);
    fake_settle();
}

void type(const char *text)
{
    for (; *text; text++) {
        char key[2] = { *text, '\0' };
        paste(key);
    }
}

void forget_output(void)
{
    fake_uart_drain(&uart, 1000);
    uart.sent_len = 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console, on the real multiplexer and the real kernel log.
 * SOURCES: loader/console.c loader/console_commands.c loader/news.c loader/orders.c drivers/mux.c
 * SOURCES: kernel/report.c kernel/format.c kernel/log.c
 * SOURCES: tests/fake/kernel.c tests/fake/uart.c */
#include <drivers/mux.h>
#include <loader/console.h>

#include <stdio.h>
#include <string.h>

#include <tests/fake/kernel.h>
#include <tests/fake/uart.h>

#define PROMPT "berth$ "
#define WIPE "\r\x1b[K"
#define NAMES                                                                  \
    "help status list stop start fault boot terminate process kernel reset "   \
    "panic console-start console-stop log attach kept forget"

/* ---- the world around it ------------------------------------------------- */

static struct fake_uart uart;
static struct mux mux;
static struct operator_console console;
static struct operator_board board;

const struct operator_board *operator_config(void)
{
    return &board;
}
static char history[48];
static uint8_t ring[256];

static void (*on_end)(void);
static bool due[FAKE_SLOTS];
static uint32_t registers[32];

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

static void other_says(const char *unit)
{
    other.unit = unit;
    mux.port.ops->write(&mux.port, &other.writer);
}

static uint32_t hooks;

static void hook(void)
{
    hooks++;
}

static const struct map_region sections[] = {
    { 0x20010000, 0x20014000, "r-x", "Code" },
    { 0x80000000, 0x80000800, "rw-", "Stack" },
};

static void start(void)
{
    mux_init(&mux, &uart.uart, operator_receive, &console);
    operator_init(&console);
    fake_pass_ms(1);
    fake_uart_drain(&uart, 1000);
}

static int setup(void **state)
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
    klog_init(ring, sizeof ring, LOG_DEBUG);
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

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

/* The console has started, its prompt is out. */
static int setup_started(void **state)
{
    setup(state);
    start();
    assert_sent(&uart, PROMPT);
    return 0;
}

/* All at once, as a terminal pastes. */
static void paste(const char *text)
{
    fake_uart_type(&uart, text);
    fake_settle();
}

/* Key by key. */
static void type(const char *text)
{
    for (; *text; text++) {
        char key[2] = { *text, '\0' };
        paste(key);
    }
}

/* What typing `line` and a return gives, up to the next prompt. */
#define assert_answer(line, answer)                                            \
    do {                                                                       \
        type(line "\r");                                                       \
        assert_sent(&uart, line "\r\n" answer PROMPT);                         \
    } while (0)

static void forget_output(void)
{
    fake_uart_drain(&uart, 1000);
    uart.sent_len = 0;
}

/* ---- line and prompt ----------------------------------------------------- */

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

/* ---- history ------------------------------------------------------------- */

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

/* ---- commands ------------------------------------------------------------ */

static void help_explains_itself(void **state)
{
    (void)state;
    assert_answer("help", "Welcome to the process console.\r\n"
                          "Valid commands are: " NAMES "\r\n"
                          "  help            this list\r\n"
                          "  status          how many apps\r\n"
                          "  list            all apps\r\n"
                          "  stop NAME       pause an app\r\n"
                          "  start NAME      resume it\r\n"
                          "  fault NAME      make it fault\r\n"
                          "  boot NAME       start it again\r\n"
                          "  terminate NAME  end it\r\n"
                          "  process NAME    counters and map\r\n"
                          "  kernel          version and map\r\n"
                          "  reset           restart the board\r\n"
                          "  panic           stop with a dump\r\n"
                          "  console-start   undo console-stop\r\n"
                          "  console-stop    ignore commands\r\n"
                          "  log             kernel log\r\n"
                          "  attach NAME     type to an app\r\n"
                          "  kept            data apps keep\r\n"
                          "  forget ID       free an app's\r\n");
}

static char kept_whose[OPERATOR_LINE];
static const char *kept_answer;

static const char *kept_hook(const char *whose)
{
    snprintf(kept_whose, sizeof kept_whose, "%s", whose ? whose : "all");
    return kept_answer;
}

static void what_apps_keep_is_the_boards_to_say(void **state)
{
    (void)state;
    assert_answer("kept", "Not on this board.\r\n");
    assert_answer("forget 0x1", "Not on this board.\r\n");
    board.kept = kept_hook;
    kept_answer = NULL;
    assert_answer("kept 0x1", "");
    assert_string_equal(kept_whose, "all");
    assert_answer("forget 0x12AB/3 now", "");
    assert_string_equal(kept_whose, "0x12AB/3");
    kept_whose[0] = '\0';
    assert_answer("forget", "usage: forget ID\r\n");
    assert_string_equal(kept_whose, "");
    kept_answer = "still at work";
    assert_answer("kept", "still at work\r\n");
    assert_answer("forget 0x1", "still at work\r\n");
}

static void exit_is_offered_where_the_board_has_it(void **state)
{
    (void)state;
    assert_answer("exit", "Not on this board.\r\n");
    board.poweroff = hook;
    type("help\r");
    assert_non_null(strstr(uart.sent, " forget exit\r\n"));
    assert_non_null(
        strstr(uart.sent, "  exit            power off\r\n" PROMPT));
    uart.sent_len = 0;
    type("exit\r");
    assert_int_equal(hooks, 1);
}

static void tockloader_is_offered_where_the_board_has_it(void **state)
{
    (void)state;
    assert_answer("tockloader", "Not on this board.\r\n");
    board.bootloader = hook;
    type("help\r");
    assert_non_null(strstr(uart.sent, " forget tockloader\r\n"));
    assert_non_null(
        strstr(uart.sent, "  tockloader      give it the line\r\n" PROMPT));
    board.poweroff = hook;
    uart.sent_len = 0;
    type("help\r");
    assert_non_null(strstr(uart.sent, " forget tockloader exit\r\n"));
    type("tockloader\r");
    assert_int_equal(hooks, 1);
}

static void the_boards_hooks_are_called_once(void **state)
{
    (void)state;
    board.reset = hook; /* these come back: they could not */
    assert_answer("reset", "Not on this board.\r\n");
    assert_int_equal(hooks, 1);
    board.panic = hook;
    assert_answer("panic", "Not on this board.\r\n");
    assert_int_equal(hooks, 2);
    board.reset = board.panic = NULL;
    assert_answer("reset", "Not on this board.\r\n");
    assert_answer("panic", "Not on this board.\r\n");
    assert_int_equal(hooks, 2);
}

static void an_unknown_command_lists_the_valid_ones(void **state)
{
    (void)state;
    assert_answer("frobnicate x", "Valid commands are: " NAMES "\r\n");
    assert_answer("sto", "Valid commands are: " NAMES "\r\n");
    assert_answer("LIST", "Valid commands are: " NAMES "\r\n");
}

static void a_command_is_known_by_its_beginning(void **state)
{
    (void)state;
    assert_answer("reseting", "Not on this board.\r\n");
    assert_answer("   reset   now ", "Not on this board.\r\n");
    fake_process("hello");
    assert_answer("stopped   hello  again", "Process hello stopped\r\n");
}

static void list_shows_a_row_per_app(void **state)
{
    (void)state;
    struct process *p = fake_process("hello");
    p->info.slices = 3;
    p->info.syscalls = 12345;
    p->info.restarts = 1;
    p->info.grants_used = 2;
    p->info.grants_total = 11;
    struct process *q = fake_process("a_rather_long_name_for_an_app_12");
    q->info.short_id = 0xC0FFEE;
    q->info.state = PROCESS_YIELDED_FOR;
    q->info.wait_driver = 1;
    q->info.wait_number = 2;
    q->info.stopped = true;
    assert_answer(
        "list",
        " PID    ShortID    Name                Quanta  Syscalls  Restarts  "
        "Grants  State\r\n"
        " 256    Unique     hello                    3     12345         1   "
        "2/11   Running\r\n"
        " 513    0xc0ffee   a_rather_long_name_for_an_app_12     0         0  "
        "       0   0/ 0   Stopped(YieldedFor(UpcallId { driver_num: 1, "
        "subscribe_num: 2 }))\r\n");
}

static void list_of_nothing_is_its_header(void **state)
{
    (void)state;
    assert_answer("list",
                  " PID    ShortID    Name                Quanta  Syscalls  "
                  "Restarts  Grants  State\r\n");
}

static void the_longest_row_is_whole(void **state)
{
    (void)state;
    struct process *p = fake_process("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
    p->info.short_id = p->info.slices = p->info.syscalls = UINT32_MAX;
    p->info.restarts = p->info.grants_used = p->info.grants_total = UINT32_MAX;
    type("list\r");
    assert_non_null(strstr(
        uart.sent,
        " 256    0xffffffff nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn4294967295"
        "42949672954294967295  4294967295/4294967295   Running\r\n" PROMPT));
}

static void status_counts(void **state)
{
    (void)state;
    fake_process("a")->info.slices = 5;
    struct process *p = fake_process("b");
    p->info.slices = 7;
    p->info.state = PROCESS_TERMINATED;
    p = fake_process("c");
    p->info.state = PROCESS_FAULTED;
    p = fake_process("d");
    p->info.state = PROCESS_YIELDED_FOR;
    p->info.stopped = true;
    assert_answer("status", "Total processes: 4\r\nActive processes: 2\r\n"
                            "Timeslice expirations: 12\r\n");
}

static void orders_reach_the_app_and_say_so(void **state)
{
    (void)state;
    fake_process("other");
    pid_handle_t pid = fake_process("hello")->info.pid;
    assert_answer("stop hello", "Process hello stopped\r\n");
    assert_string_equal(fake_admin.verb, "stop");
    assert_true(pid_equal(fake_admin.pid, pid));
    assert_answer("start hello", "Process hello resumed.\r\n");
    assert_string_equal(fake_admin.verb, "resume");
    assert_answer("fault hello", "Process hello now faulted\r\n");
    assert_string_equal(fake_admin.verb, "fault");
    assert_answer("terminate hello", "Process hello terminated\r\n");
    assert_string_equal(fake_admin.verb, "terminate");
    assert_answer("boot hello", "");
    assert_string_equal(fake_admin.verb, "boot");
    assert_true(pid_equal(fake_admin.pid, pid));
}

static void an_order_goes_to_every_app_of_that_name(void **state)
{
    (void)state;
    fake_process("twin");
    fake_process("twins"); /* exact names only */
    fake_process("twi");
    fake_process("twin");
    assert_answer("stop twin",
                  "Process twin stopped\r\nProcess twin stopped\r\n");
}

static void an_order_that_can_not_be_says_why(void **state)
{
    (void)state;
    fake_process("hello")->info.state = PROCESS_TERMINATED;
    fake_admin.answer = ERR_INVAL;
    assert_answer("stop hello", "Nothing done: hello is Terminated\r\n");
    assert_answer("boot hello", "Nothing done: hello is Terminated\r\n");
}

/* Whatever it calls itself, the operator has power over it. */
static void an_app_is_reached_by_its_pid_too(void **state)
{
    (void)state;
    char order[32], answer[96];
    struct process *odd = fake_process("two words\xC3\xA9");
    struct process *posing = fake_process("");
    unsigned pid = (unsigned)process_pid(odd).handle;
    snprintf(posing->info.name, sizeof posing->info.name, "%u", pid);
    snprintf(order, sizeof order, "stop %u\r", pid);
    snprintf(answer, sizeof answer, "%s\nProcess %s stopped\r\n" PROMPT, order,
             odd->info.name);
    type(order);
    assert_sent(&uart, answer);
    assert_true(pid_equal(fake_admin.pid, process_pid(odd)));
    assert_answer("stop 4294967295", "no app named 4294967295\r\n");
}

static void a_name_nobody_has_is_an_error_message(void **state)
{
    (void)state;
    fake_process("hello");
    static const char *const commands[] = { "stop",     "start",  "fault",
                                            "boot",     "attach", "process",
                                            "terminate" };
    for (uint32_t i = 0; i < ARRAY_COUNT(commands); i++) {
        char line[32], answer[128];
        snprintf(line, sizeof line, "%s hell\r", commands[i]);
        type(line);
        snprintf(answer, sizeof answer,
                 "%s hell\r\nno app named hell\r\n" PROMPT, commands[i]);
        assert_sent(&uart, answer);
    }
    assert_null(fake_admin.verb);
}

static void a_missing_name_shows_how_it_is_used(void **state)
{
    (void)state;
    assert_answer("stop", "usage: stop NAME\r\n");
    assert_answer("process  ", "usage: process NAME\r\n");
    assert_answer("attach", "usage: attach NAME\r\n");
}

static void process_shows_counters_and_map(void **state)
{
    (void)state;
    fake_process("other");
    struct process *p = fake_process("hello");
    p->info.state = PROCESS_YIELDED;
    p->info.flash_start = 0x20040000;
    p->info.flash_end = 0x20041000;
    p->info.protected_size = 0x40;
    p->info.ram_start = 0x80001000;
    p->info.app_break = 0x80001C00;
    p->info.grant_start = 0x80001E00;
    p->info.ram_end = 0x80002000;
    assert_answer(
        "process hello",
        " 𝐀𝐩𝐩: hello   -   [Yielded]\r\n"
        " Events Queued: 0   Syscall Count: 0   Dropped Upcall Count: 0\r\n"
        " Restart Count: 0\r\n"
        " Last Syscall: None\r\n"
        " Completion Code: None\r\n"
        "  0x80001E00 0x80002000 --- Kernel        512\r\n"
        "  0x80001C00 0x80001E00 --- Unused        512\r\n"
        "  0x80001000 0x80001C00 rw- App RAM      3072\r\n"
        "  0x20040040 0x20041000 r-x App Flash    4032\r\n"
        "  0x20040000 0x20040040 r-x Protected      64\r\n");
}

static void kernel_shows_version_and_map(void **state)
{
    (void)state;
    assert_answer("kernel",
                  "Kernel version: 2.3 (build test)\r\n"
                  "  0x20010000 0x20014000 r-x Code        16384\r\n"
                  "  0x80000000 0x80000800 rw- Stack        2048\r\n");
}

static void a_stopped_console_hears_only_console_start(void **state)
{
    (void)state;
    fake_process("hello");
    type("console-stop\r");
    assert_sent(&uart, "console-stop\r\nDisabling the process console.\r\n"
                       "Run console-start to reactivate.\r\n");
    type("list\rstop hello\r\r\x03"
         "console\r");
    assert_sent(&uart, "");
    assert_null(fake_admin.verb);
    type("console-start\r");
    assert_sent(&uart, PROMPT);
    assert_answer("stop hello", "Process hello stopped\r\n");
}

static void names_of_apps_do_not_act_upon_the_terminal(void **state)
{
    (void)state;
    fake_process("\x1b[2Jx\r");
    type("list\r");
    assert_non_null(strstr(uart.sent, " 256    Unique     ?[2Jx? "));
    assert_null(strstr(uart.sent, "\x1b[2J"));
}

/* ---- the log ------------------------------------------------------------- */

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

/* ---- among other writers ------------------------------------------------- */

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

/* ---- pasted commands ----------------------------------------------------- */

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

/* ---- attach -------------------------------------------------------------- */

#define ATTACHED "attach hello\r\nAttached to hello: Ctrl-] detaches.\r\n"

static void an_attached_app_gets_the_input(void **state)
{
    (void)state;
    pid_handle_t pid = fake_process("hello")->info.pid;
    type("attach hello\r\nls\r\n\x03\x1b[A\x80");
    assert_sent(&uart, ATTACHED);
    assert_string_equal(app_input.got, "ls\r\n\x03\x1b[A\x80");
    assert_int_equal(app_input.to, pid.handle);
    type("\x1d");
    assert_sent(&uart, "Detached from hello.\r\n" PROMPT);
    assert_answer("reset", "Not on this board.\r\n");
    assert_int_equal(app_input.len, 9);
}

static void the_boards_default_app_needs_no_name(void **state)
{
    (void)state;
    fake_process("hello");
    board.default_app = "hello";
    type("attach\r");
    assert_sent(&uart, "attach\r\nAttached to hello: Ctrl-] "
                       "detaches.\r\n");
    type("x\x1d");
    assert_sent(&uart, "Detached from hello.\r\n" PROMPT);
    assert_string_equal(app_input.got, "x");
    assert_answer("stop", "usage: stop NAME\r\n");
}

static void a_board_without_input_for_apps_says_so(void **state)
{
    (void)state;
    fake_process("hello");
    board.sink = NULL;
    assert_answer("attach hello", "Not on this board.\r\n");
}

static void input_waits_for_an_app_that_reads_slowly(void **state)
{
    (void)state;
    fake_process("hello");
    app_input.room = 2;
    type("attach hello\r");
    type("abcdef");
    assert_string_equal(app_input.got, "ab");
    app_input.room = 3;
    fake_pass_ms(10);
    assert_string_equal(app_input.got, "abcde");
    app_input.room = 10;
    type("g");
    assert_string_equal(app_input.got, "abcdefg");
}

static void what_the_app_never_reads_is_told(void **state)
{
    (void)state;
    fake_process("hello");
    app_input.room = 0;
    type("attach hello\r");
    type("1234567890123456789012345678901234567890");
    forget_output();
    type("\x1d");
    assert_sent(&uart, "Detached from hello.\r\n"
                       "40 bytes of input lost\r\n" PROMPT);
    app_input.room = 10;
    fake_pass_ms(100);
    assert_string_equal(app_input.got, "");
}

static void attach_ends_with_the_app(void **state)
{
    (void)state;
    struct process *p = fake_process("hello");
    type("attach hello\r");
    forget_output();
    other_says("last words");
    fake_settle();
    fake_die(p);
    on_end();
    fake_settle();
    assert_sent(&uart, "last words\nhello has ended: detached.\r\n" PROMPT);
    assert_answer("reset", "Not on this board.\r\n");
}

static void a_pasted_escape_gives_back_what_follows_it(void **state)
{
    (void)state;
    fake_process("hello");
    uart.room = 0;
    paste("attach hello\r");
    paste("abc\x1dreset\r");
    fake_uart_drain(&uart, 9);
    assert_sent(&uart, ATTACHED "Detached from hello.\r\n" PROMPT
                                "reset\r\nNot on this board.\r\n" PROMPT);
    assert_string_equal(app_input.got, "abc");
}

/* ---- orders of a tool ------------------------------------------------------ */

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

/* ---- faults -------------------------------------------------------------- */

static void app_faults(struct process *p)
{
    p->info.state = PROCESS_FAULTED;
    p->info.ram_start = 0x80001000;
    p->info.stack_top = p->info.heap_start = 0x80001200;
    p->info.app_break = p->info.grant_start = 0x80001400;
    p->info.ram_end = 0x80001800;
    registers[2] = 0x80001000;
    due[p->info.pid.handle & 0xFF] = true;
    on_end();
}

static void a_fault_is_reported_whole_and_the_prompt_comes_back(void **state)
{
    (void)state;
    type("st");
    forget_output();
    app_faults(fake_process("crash"));
    assert_sent(&uart, "");
    uart.room = 10;
    fake_settle();
    other_says("another app\n");
    klog(LOG_INFO, "logged");
    fake_uart_drain(&uart, 6);
    uart.sent[uart.sent_len] = '\0';
    static const char start_text[] =
        WIPE "crash (pid 256) faulted: wrote 0x80000ffc, 4 bytes below its "
             "stack\r\n pc 0x00000000 (not in its binary) ra";
    assert_memory_equal(uart.sent, start_text, sizeof start_text - 1);
    const char *end = strstr(uart.sent, "r-x Protected       0\r\n");
    assert_non_null(end);
    assert_non_null(strstr(uart.sent, "\r\n 𝐀𝐩𝐩: crash   -   [Faulted]\r\n"));
    assert_string_equal(end, "r-x Protected       0\r\nanother app\n[info]  "
                             "logged\r\n" PROMPT "st");
    assert_false(due[0]);
}

static void every_fault_gets_its_report(void **state)
{
    (void)state;
    app_faults(fake_process("one"));
    app_faults(fake_process("two"));
    fake_settle();
    uart.sent[uart.sent_len] = '\0';
    const char *one = strstr(uart.sent, "one (pid 256) faulted: ");
    const char *two = strstr(uart.sent, "two (pid 513) faulted: ");
    assert_non_null(one);
    assert_non_null(two);
    assert_true(one < two);
    assert_null(strstr(two, "one (pid"));
    assert_string_equal(two + strlen(two) - strlen("0\r\n" PROMPT),
                        "0\r\n" PROMPT);
    assert_false(due[0] || due[1]);
}

static void a_report_ends_if_its_app_is_taken_away(void **state)
{
    (void)state;
    struct process *p = fake_process("crash");
    uart.room = 60;
    app_faults(p);
    fake_settle();
    fake_die(p);
    fake_uart_drain(&uart, 6);
    uart.sent[uart.sent_len] = '\0';
    assert_non_null(strstr(uart.sent, "4 bytes below its stack\r\n"));
    assert_null(strstr(uart.sent, "𝐀𝐩𝐩"));
    assert_string_equal(uart.sent + uart.sent_len - strlen("\r\n" PROMPT),
                        "\r\n" PROMPT);
    assert_false(due[0]);
}

static void faults_are_reported_while_the_console_is_stopped(void **state)
{
    (void)state;
    type("console-stop\r");
    forget_output();
    app_faults(fake_process("crash"));
    fake_settle();
    uart.sent[uart.sent_len] = '\0';
    assert_memory_equal(uart.sent, "crash (pid 256) faulted: ", 25);
    assert_null(strstr(uart.sent, PROMPT));
}

static void a_fault_of_the_attached_app_is_reported_too(void **state)
{
    (void)state;
    struct process *p = fake_process("hello");
    type("attach hello\r");
    forget_output();
    app_faults(p);
    fake_die(p); /* for process_find() it is no more */
    due[0] = false;
    fake_process("crash"); /* stands for its remains, in the same slot */
    due[0] = true;
    fake_settle();
    uart.sent[uart.sent_len] = '\0';
    const char *ended =
        strstr(uart.sent, "hello has ended: detached.\r\n" PROMPT);
    assert_non_null(strstr(uart.sent, "crash (pid 512) "));
    assert_non_null(ended);
    assert_string_equal(ended, "hello has ended: detached.\r\n" PROMPT);
}

/* ---- hostile input ------------------------------------------------------- */

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

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, setup_started, teardown)
#define TEST_BEFORE_START(name)                                                \
    cmocka_unit_test_setup_teardown(name, setup, teardown)

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
        TEST(help_explains_itself),
        TEST(what_apps_keep_is_the_boards_to_say),
        TEST(exit_is_offered_where_the_board_has_it),
        TEST(tockloader_is_offered_where_the_board_has_it),
        TEST(the_boards_hooks_are_called_once),
        TEST(an_unknown_command_lists_the_valid_ones),
        TEST(a_command_is_known_by_its_beginning),
        TEST(list_shows_a_row_per_app),
        TEST(list_of_nothing_is_its_header),
        TEST(the_longest_row_is_whole),
        TEST(status_counts),
        TEST(orders_reach_the_app_and_say_so),
        TEST(an_order_goes_to_every_app_of_that_name),
        TEST(an_order_that_can_not_be_says_why),
        TEST(an_app_is_reached_by_its_pid_too),
        TEST(a_name_nobody_has_is_an_error_message),
        TEST(a_missing_name_shows_how_it_is_used),
        TEST(process_shows_counters_and_map),
        TEST(kernel_shows_version_and_map),
        TEST(a_stopped_console_hears_only_console_start),
        TEST(names_of_apps_do_not_act_upon_the_terminal),
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
        TEST(an_attached_app_gets_the_input),
        TEST(the_boards_default_app_needs_no_name),
        TEST(a_board_without_input_for_apps_says_so),
        TEST(input_waits_for_an_app_that_reads_slowly),
        TEST(what_the_app_never_reads_is_told),
        TEST(attach_ends_with_the_app),
        TEST(a_pasted_escape_gives_back_what_follows_it),
        TEST(the_escape_key_does_nothing_at_the_prompt),
        TEST(a_fault_is_reported_whole_and_the_prompt_comes_back),
        TEST(every_fault_gets_its_report),
        TEST(a_report_ends_if_its_app_is_taken_away),
        TEST(faults_are_reported_while_the_console_is_stopped),
        TEST(a_fault_of_the_attached_app_is_reported_too),
        TEST(an_order_to_attach_takes_the_place_of_what_was_typed),
        TEST(an_order_to_attach_takes_the_input_from_another_app),
        TEST(an_order_to_attach_waits_for_no_command),
        TEST(random_input_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

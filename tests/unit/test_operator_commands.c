/* SPDX-License-Identifier: Apache-2.0 */
/* The operator console, on the real multiplexer and the real kernel log: its commands,
 * to whom an app's input goes, faults.
 * SOURCES: loader/console.c loader/console_commands.c loader/news.c loader/orders.c
 * SOURCES: drivers/mux.c kernel/report.c kernel/format.c kernel/log.c
 * SOURCES: tests/fake/kernel.c tests/fake/uart.c tests/fake/operated.c */
#include <tests/fake/operated.h>

/* ---- the world around it ------------------------------------------------ */

static void hook(void)
{
    hooks++;
}

/* ---- commands ----------------------------------------------------------- */

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

/* ---- attach ------------------------------------------------------------- */

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

/* ---- faults ------------------------------------------------------------- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        TEST(an_attached_app_gets_the_input),
        TEST(the_boards_default_app_needs_no_name),
        TEST(a_board_without_input_for_apps_says_so),
        TEST(input_waits_for_an_app_that_reads_slowly),
        TEST(what_the_app_never_reads_is_told),
        TEST(attach_ends_with_the_app),
        TEST(a_pasted_escape_gives_back_what_follows_it),
        TEST(a_fault_is_reported_whole_and_the_prompt_comes_back),
        TEST(every_fault_gets_its_report),
        TEST(a_report_ends_if_its_app_is_taken_away),
        TEST(faults_are_reported_while_the_console_is_stopped),
        TEST(a_fault_of_the_attached_app_is_reported_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reports about processes, as text.
 * SOURCES: kernel/report.c kernel/format.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <kernel/report.h>

static uint32_t registers[32];

/* An app with 4 KiB of RAM, of which it has 3 KiB, and a 512-byte stack. */
static struct fault_facts app(void)
{
    memset(registers, 0, sizeof registers);
    registers[0] = 0x2004012C;
    registers[1] = 0x20040060;
    registers[2] = 0x80001180;
    return (struct fault_facts){
        .info = { .pid = { 0x102 },
                  .name = "crash",
                  .state = PROCESS_FAULTED,
                  .syscalls = 7,
                  .last_syscall = SYSCALL_COMMAND,
                  .flash_start = 0x20040000,
                  .flash_end = 0x20041000,
                  .protected_size = 0x40,
                  .ram_start = 0x80001000,
                  .stack_top = 0x80001200,
                  .heap_start = 0x80001300,
                  .app_break = 0x80001C00,
                  .grant_start = 0x80001E00,
                  .ram_end = 0x80002000 },
        .registers = registers,
    };
}

static const char *line_of(const struct fault_facts *facts, uint32_t line)
{
    static char text[REPORT_LINE_MAX];
    size_t len = report_line(facts, line, text, sizeof text);
    assert_int_equal(len, strlen(text));
    return text;
}

/* The first line without what is the same in all. */
static const char *rule(uint32_t cause, uint32_t value)
{
    static const char head[] = "crash (pid 258) faulted: ";
    struct fault_facts facts = app();
    facts.cause = cause;
    facts.value = value;
    const char *text = line_of(&facts, 0);
    assert_memory_equal(text, head, sizeof head - 1);
    return text + sizeof head - 1;
}

#define assert_rule(cause, value, text)                                        \
    assert_string_equal(rule((cause), (value)), (text))

static void a_write_below_the_stack_is_told_by_its_distance(void **state)
{
    (void)state;
    assert_rule(7, 0x80000FFC, "wrote 0x80000ffc, 4 bytes below its stack");
    assert_rule(7, 0x80000FFF, "wrote 0x80000fff, 1 byte below its stack");
    assert_rule(5, 0x80000000, "read 0x80000000, 4096 bytes below its stack");
    assert_rule(7, 0x7FFFFFFF, "wrote 0x7fffffff, memory that is not its own");
}

static void a_stack_pointer_below_the_stack_makes_it_an_overflow(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.cause = 7;
    facts.value = 0x80000FF4;
    registers[2] = 0x80000FF0;
    assert_string_equal(line_of(&facts, 0),
                        "crash (pid 258) faulted: stack overflow: wrote "
                        "0x80000ff4, 12 bytes below its stack");
    facts.value = 0x80001000 - 0x10000; /* a large frame */
    assert_string_equal(line_of(&facts, 0),
                        "crash (pid 258) faulted: stack overflow: wrote "
                        "0x7fff1000, 65536 bytes below its stack");
    registers[2] = 0; /* that is no stack pointer at all */
    assert_string_equal(line_of(&facts, 0), "crash (pid 258) faulted: wrote "
                                            "0x7fff1000, memory that is not "
                                            "its own");
    registers[2] = 0x80001000; /* full, but not beyond */
    facts.value = 0x80000FFC;
    assert_string_equal(line_of(&facts, 0), "crash (pid 258) faulted: wrote "
                                            "0x80000ffc, 4 bytes below its "
                                            "stack");
}

static void a_stack_the_app_has_not_told_of_is_not_made_up(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.info.stack_top = facts.info.heap_start = 0;
    facts.cause = 7;
    facts.value = 0x80000FFC;
    assert_string_equal(line_of(&facts, 0), "crash (pid 258) faulted: wrote "
                                            "0x80000ffc, 4 bytes below its "
                                            "RAM");
}

static void its_own_ram_has_an_end_and_a_part_of_the_kernels(void **state)
{
    (void)state;
    assert_rule(7, 0x80001BFE, "wrote 0x80001bfe, reaching across its break");
    assert_rule(7, 0x80001C00, "wrote 0x80001c00, 1 byte beyond its break");
    assert_rule(5, 0x80001DFF, "read 0x80001dff, 512 bytes beyond its break");
    assert_rule(5, 0x80001E00,
                "read 0x80001e00, in the kernel's part of its "
                "RAM");
    assert_rule(7, 0x80001FFF,
                "wrote 0x80001fff, in the kernel's part of its "
                "RAM");
    assert_rule(7, 0x80002000, "wrote 0x80002000, 1 byte beyond its RAM");
    assert_rule(5, 0x80002FFF, "read 0x80002fff, 4096 bytes beyond its RAM");
    assert_rule(5, 0x80003000, "read 0x80003000, memory that is not its own");
}

static void a_break_at_the_grants_leaves_nothing_between(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.info.app_break = facts.info.grant_start;
    facts.cause = 5;
    facts.value = facts.info.grant_start;
    assert_string_equal(line_of(&facts, 0), "crash (pid 258) faulted: read "
                                            "0x80001e00, in the kernel's part "
                                            "of its RAM");
    facts.value = facts.info.ram_end;
    assert_string_equal(line_of(&facts, 0), "crash (pid 258) faulted: read "
                                            "0x80002000, 1 byte beyond its "
                                            "RAM");
}

static void its_own_flash_can_not_be_written(void **state)
{
    (void)state;
    assert_rule(7, 0x20040000,
                "wrote 0x20040000, its own flash, which is "
                "read-only");
    assert_rule(7, 0x20040FFF,
                "wrote 0x20040fff, its own flash, which is "
                "read-only");
    assert_rule(5, 0x20040FFE,
                "read 0x20040ffe, reaching across the end of "
                "its flash");
    assert_rule(5, 0x20041000, "read 0x20041000, 1 byte beyond its flash");
    assert_rule(1, 0x20041000,
                "jumped to 0x20041000, 1 byte beyond its "
                "flash");
    assert_rule(5, 0x2003FFFC, "read 0x2003fffc, 4 bytes below its flash");
    assert_rule(5, 0x2003EFFF, "read 0x2003efff, memory that is not its own");
}

static void jumps_are_told_from_accesses(void **state)
{
    (void)state;
    assert_rule(1, 0x80001100,
                "jumped to 0x80001100, in its RAM, which is "
                "not executable");
    assert_rule(1, 0x80001D00,
                "jumped to 0x80001d00, 257 bytes beyond its "
                "break");
    assert_rule(1, 0x10013000,
                "jumped to 0x10013000, memory that is not its "
                "own");
    assert_rule(1, 0, "jumped to 0x00000000, a null pointer");
    struct fault_facts facts = app(); /* no stack overflows by a jump */
    facts.cause = 1;
    facts.value = registers[2] = 0x80000FF0;
    assert_string_equal(line_of(&facts, 0), "crash (pid 258) faulted: jumped "
                                            "to 0x80000ff0, 16 bytes below its "
                                            "stack");
}

static void addresses_near_zero_are_null_pointers(void **state)
{
    (void)state;
    assert_rule(5, 0, "read 0x00000000, a null pointer");
    assert_rule(7, 0xFFF, "wrote 0x00000fff, a null pointer");
    assert_rule(7, 0x1000, "wrote 0x00001000, memory that is not its own");
    assert_rule(5, 0xFFFFFFFF, "read 0xffffffff, memory that is not its own");
}

static void misaligned_is_a_rule_of_its_own(void **state)
{
    (void)state;
    assert_rule(0, 0x20040101, "jumped to 0x20040101, which is misaligned");
    assert_rule(4, 0x80001101, "read 0x80001101, which is misaligned");
    assert_rule(6, 0x80001102, "wrote 0x80001102, which is misaligned");
}

static void instructions_that_end_an_app_are_shown(void **state)
{
    (void)state;
    assert_rule(2, 0x30200073, "used the illegal instruction 0x30200073");
    assert_rule(2, 0, "used the illegal instruction 0x00000000");
    assert_rule(3, 0, "ran into a breakpoint at 0x2004012c");
}

static void an_unknown_system_call_is_told_by_its_class(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.cause = 8;
    registers[14] = 0xABCD04BD;
    assert_string_equal(line_of(&facts, 0),
                        "crash (pid 258) faulted: made a system call of the "
                        "unknown class 0x000000bd");
}

static void faults_that_are_no_trap_are_named(void **state)
{
    (void)state;
    assert_rule(FAULT_ORDERED, 0, "was ordered to, at 0x2004012c");
    assert_rule(FAULT_WATCHDOG, 0, "did not yield in time, at 0x2004012c");
    assert_rule(24, 5, "trapped for the cause 0x00000018");
}

static void whoever_has_not_faulted_is_shown_by_state(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.info.state = PROCESS_YIELDED_FOR;
    facts.info.wait_driver = 1;
    facts.info.wait_number = 2;
    assert_string_equal(line_of(&facts, 0),
                        "crash (pid 258) YieldedFor(UpcallId { driver_num: 1, "
                        "subscribe_num: 2 })");
}

static void states_read_as_tools_expect(void **state)
{
    (void)state;
    static const char *const names[] = { "Running", "Yielded", NULL,
                                         "Stopped", "Faulted", "Terminated" };
    for (uint32_t i = 0; i < 6; i++) {
        struct process_info info = { .state = (enum process_state)i };
        char text[REPORT_LINE_MAX] = "";
        if (!names[i])
            continue;
        report_add_state(text, &info);
        assert_string_equal(text, names[i]);
    }
    struct process_info stopped = { .state = PROCESS_RUNNING, .stopped = true };
    char text[REPORT_LINE_MAX] = "";
    report_add_state(text, &stopped);
    assert_string_equal(text, "Stopped(Running)");
    stopped.state = PROCESS_YIELDED_FOR;
    text[0] = '\0';
    report_add_state(text, &stopped);
    assert_string_equal(text, "Stopped(YieldedFor(UpcallId { driver_num: 0, "
                              "subscribe_num: 0 }))");
}

static void code_addresses_are_offsets_in_the_binary(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.cause = 7;
    facts.value = 0x1234;
    assert_string_equal(line_of(&facts, 1),
                        " pc 0x2004012c (binary + 0xec) ra 0x20040060 (binary "
                        "+ 0x20) mcause 7 mtval 0x00001234");
    registers[0] = 0x2004003F; /* in the header */
    registers[1] = 0x20041000;
    assert_string_equal(line_of(&facts, 1),
                        " pc 0x2004003f (not in its binary) ra 0x20041000 (not "
                        "in its binary) mcause 7 mtval 0x00001234");
    registers[0] = 0x20040040;
    registers[1] = 0x20040FFF;
    assert_string_equal(line_of(&facts, 1),
                        " pc 0x20040040 (binary + 0x0) ra 0x20040fff (binary + "
                        "0xfbf) mcause 7 mtval 0x00001234");
}

static void every_register_is_there_by_name(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    for (uint32_t i = 0; i < 32; i++)
        registers[i] = 0xABC04300 + i;
    assert_string_equal(line_of(&facts, 2), " pc  0xabc04300 ra  0xabc04301 sp "
                                            " 0xabc04302 gp  0xabc04303");
    assert_string_equal(line_of(&facts, 3), " tp  0xabc04304 t0  0xabc04305 t1 "
                                            " 0xabc04306 t2  0xabc04307");
    assert_string_equal(line_of(&facts, 4), " s0  0xabc04308 s1  0xabc04309 a0 "
                                            " 0xabc0430a a1  0xabc0430b");
    assert_string_equal(line_of(&facts, 5), " a2  0xabc0430c a3  0xabc0430d a4 "
                                            " 0xabc0430e a5  0xabc0430f");
    assert_string_equal(line_of(&facts, 6), " a6  0xabc04310 a7  0xabc04311 s2 "
                                            " 0xabc04312 s3  0xabc04313");
    assert_string_equal(line_of(&facts, 7), " s4  0xabc04314 s5  0xabc04315 s6 "
                                            " 0xabc04316 s7  0xabc04317");
    assert_string_equal(line_of(&facts, 8), " s8  0xabc04318 s9  0xabc04319 "
                                            "s10 0xabc0431a s11 0xabc0431b");
    assert_string_equal(line_of(&facts, 9), " t3  0xabc0431c t4  0xabc0431d t5 "
                                            " 0xabc0431e t6  0xabc0431f");
}

/* All lines from REPORT_MAP on, each with a newline. */
static const char *map_of(const struct fault_facts *facts)
{
    static char all[2048];
    size_t used = 0;
    all[0] = '\0';
    for (uint32_t i = 0; i < 50 && *line_of(facts, REPORT_MAP + i); i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\n",
                                 line_of(facts, REPORT_MAP + i));
    assert_true(used < sizeof all);
    return all;
}

static void counters_and_map_are_the_last_part(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.info.queued = 1;
    facts.info.dropped = 3;
    facts.info.restarts = 2;
    assert_string_equal(
        map_of(&facts),
        " 𝐀𝐩𝐩: crash   -   [Faulted]\n"
        " Events Queued: 1   Syscall Count: 7   Dropped Upcall Count: 3\n"
        " Restart Count: 2\n"
        " Last Syscall: Command\n"
        " Completion Code: Faulted\n"
        "  0x80001E00 0x80002000 --- Kernel        512\n"
        "  0x80001C00 0x80001E00 --- Unused        512\n"
        "  0x80001300 0x80001C00 rw- Heap         2304\n"
        "  0x80001200 0x80001300 rw- Data          256\n"
        "  0x80001000 0x80001200 rw- Stack         512 used 128\n"
        "  0x20040040 0x20041000 r-x App Flash    4032\n"
        "  0x20040000 0x20040040 r-x Protected      64\n");
}

static void an_untold_layout_is_one_region(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    facts.info.stack_top = facts.info.heap_start = 0;
    facts.info.state = PROCESS_TERMINATED;
    facts.info.has_completion = true;
    facts.info.completion = 42;
    facts.info.syscalls = 0;
    assert_string_equal(
        map_of(&facts),
        " 𝐀𝐩𝐩: crash   -   [Terminated]\n"
        " Events Queued: 0   Syscall Count: 0   Dropped Upcall Count: 0\n"
        " Restart Count: 0\n"
        " Last Syscall: None\n"
        " Completion Code: 42\n"
        "  0x80001E00 0x80002000 --- Kernel        512\n"
        "  0x80001C00 0x80001E00 --- Unused        512\n"
        "  0x80001000 0x80001C00 rw- App RAM      3072\n"
        "  0x20040040 0x20041000 r-x App Flash    4032\n"
        "  0x20040000 0x20040040 r-x Protected      64\n");
}

static void an_impossible_layout_counts_as_untold(void **state)
{
    (void)state;
    static const uint32_t tops[][2] = {
        { 0x80001000, 0x80001300 }, /* no stack */
        { 0x80001400, 0x80001300 }, /* heap below the stack's top */
        { 0x80001200, 0x80001C01 }, /* heap beyond the break */
        { 0xFFFFFFF0, 0xFFFFFFF0 }, { 0x80001200, 0 },
    };
    for (uint32_t i = 0; i < 5; i++) {
        struct fault_facts facts = app();
        facts.info.stack_top = tops[i][0];
        facts.info.heap_start = tops[i][1];
        assert_non_null(strstr(map_of(&facts), "App RAM"));
        assert_null(strstr(map_of(&facts), "Stack"));
    }
}

static void a_stack_that_is_too_full_is_marked(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    registers[2] = 0x80000FF0;
    assert_string_equal(line_of(&facts, REPORT_MAP + 9),
                        "  0x80001000 0x80001200 rw- Stack         512 used "
                        "528 EXCEEDED!");
    registers[2] = 0x80001000;
    assert_string_equal(line_of(&facts, REPORT_MAP + 9),
                        "  0x80001000 0x80001200 rw- Stack         512 used "
                        "512");
    registers[2] = 0x80001204; /* not in the stack: nothing to tell */
    assert_string_equal(line_of(&facts, REPORT_MAP + 9),
                        "  0x80001000 0x80001200 rw- Stack         512");
}

static void every_class_of_the_last_system_call_has_a_name(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Yield",         "Subscribe", "Command", "ReadWriteAllow",
        "ReadOnlyAllow", "Memop",     "Exit",    "UserspaceReadableAllow",
    };
    for (uint32_t i = 0; i < 8; i++) {
        struct fault_facts facts = app();
        facts.info.last_syscall = i;
        const char *text = line_of(&facts, REPORT_MAP + 3);
        assert_string_equal(text + strlen(" Last Syscall: "), names[i]);
    }
}

static void no_line_is_longer_than_promised(void **state)
{
    (void)state;
    static const uint32_t causes[] = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 11, FAULT_ORDERED, FAULT_WATCHDOG, UINT32_MAX
    };
    struct fault_facts facts = app();
    memset(facts.info.name, 'n', sizeof facts.info.name - 1);
    facts.info.pid.handle = facts.info.syscalls = UINT32_MAX;
    facts.info.queued = facts.info.dropped = UINT32_MAX;
    facts.info.wait_driver = facts.info.wait_number = UINT32_MAX;
    registers[2] = 0x7FFFFFF0;
    for (uint32_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        for (uint32_t line = 0; line < 40; line++) {
            facts.cause = causes[i];
            facts.value = 0x7FFFFFFF;
            facts.info.state = PROCESS_FAULTED;
            assert_true(strlen(line_of(&facts, line)) < REPORT_LINE_MAX - 1);
            facts.info.state = PROCESS_YIELDED_FOR;
            facts.info.stopped = true;
            assert_true(strlen(line_of(&facts, line)) < REPORT_LINE_MAX - 1);
        }
    }
}

static void a_report_ends_once_and_for_all(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    uint32_t line = 0;
    while (*line_of(&facts, line))
        line++;
    assert_int_equal(line, REPORT_MAP + 12);
    for (; line < 200; line++)
        assert_string_equal(line_of(&facts, line), "");
    assert_string_equal(line_of(&facts, UINT32_MAX), "");
}

static void too_small_a_buffer_is_refused(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    char text[REPORT_LINE_MAX] = "untouched";
    assert_int_equal(report_line(&facts, 0, text, REPORT_LINE_MAX - 1), 0);
    assert_string_equal(text, "untouched");
}

static void names_do_not_act_upon_the_terminal(void **state)
{
    (void)state;
    struct fault_facts facts = app();
    strcpy(facts.info.name, "a\x1b[2J\r\n\x7f\xc2\x9b\xc3\xa9");
    facts.cause = 2;
    facts.value = 1;
    assert_string_equal(line_of(&facts, 0),
                        "a?[2J????\?\xc3\xa9 (pid 258) faulted: used the "
                        "illegal instruction 0x00000001");
}

static void cleaning_leaves_text_as_it_is(void **state)
{
    (void)state;
    char text[] = "plain ~ \xc2\xa0 \xc2\xbf ü 𝐀𝐩𝐩 \xc2";
    char same[sizeof text];
    memcpy(same, text, sizeof text);
    report_clean(text);
    assert_string_equal(text, same);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_write_below_the_stack_is_told_by_its_distance),
        TEST(a_stack_pointer_below_the_stack_makes_it_an_overflow),
        TEST(a_stack_the_app_has_not_told_of_is_not_made_up),
        TEST(its_own_ram_has_an_end_and_a_part_of_the_kernels),
        TEST(a_break_at_the_grants_leaves_nothing_between),
        TEST(its_own_flash_can_not_be_written),
        TEST(jumps_are_told_from_accesses),
        TEST(addresses_near_zero_are_null_pointers),
        TEST(misaligned_is_a_rule_of_its_own),
        TEST(instructions_that_end_an_app_are_shown),
        TEST(an_unknown_system_call_is_told_by_its_class),
        TEST(faults_that_are_no_trap_are_named),
        TEST(whoever_has_not_faulted_is_shown_by_state),
        TEST(states_read_as_tools_expect),
        TEST(code_addresses_are_offsets_in_the_binary),
        TEST(every_register_is_there_by_name),
        TEST(counters_and_map_are_the_last_part),
        TEST(an_untold_layout_is_one_region),
        TEST(an_impossible_layout_counts_as_untold),
        TEST(a_stack_that_is_too_full_is_marked),
        TEST(every_class_of_the_last_system_call_has_a_name),
        TEST(no_line_is_longer_than_promised),
        TEST(a_report_ends_once_and_for_all),
        TEST(too_small_a_buffer_is_refused),
        TEST(names_do_not_act_upon_the_terminal),
        TEST(cleaning_leaves_text_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

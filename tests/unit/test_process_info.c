/* SPDX-License-Identifier: Apache-2.0 */
/* The process info driver.
 * SOURCES: loader/process_info.c tests/fake/kernel.c */
#include <loader/process_info.h>

#include <string.h>

#include <tests/fake/kernel.h>

enum { COUNT = 1, PIDS, SHORT_IDS, NAME, STATS, CONTROL };

#define SEER 0x5EE5u
#define RULER 0xA11u

static const struct process_authority list[] = {
    { 0, AUTHORITY_CONTROL, 0 }, /* gives nothing to apps without a ShortId */
    { SEER, AUTHORITY_SEE, 0 },
    { RULER, AUTHORITY_CONTROL, 0 },
};
static struct process_info_driver info_driver;
static const struct driver table[] = {
    { DRIVER_PROCESS_INFO, &process_info_ops, &info_driver,
      &info_driver.grant },
};
static struct process *plain, *seer, *ruler;

static int setup(void **state)
{
    (void)state;
    memset(&info_driver, 0, sizeof info_driver);
    process_info_init(&info_driver, list, ARRAY_COUNT(list));
    fake_boot(table, 1);
    struct process *hole = fake_process("hole");
    plain = fake_process("plain");
    seer = fake_process("seer");
    ruler = fake_process("ruler");
    seer->info.short_id = SEER;
    ruler->info.short_id = RULER;
    seer->info.filtered = ruler->info.filtered = true;
    fake_die(hole); /* slot 0 is empty */
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static struct sysret ask(struct process *p, uint32_t number, uint32_t arg1,
                         uint32_t arg2)
{
    return fake_command(p, DRIVER_PROCESS_INFO, number, arg1, arg2);
}

static uint32_t pid(const struct process *p)
{
    return process_pid(p).handle;
}

/* A buffer of that length, 0xEE all over. */
static uint32_t allow(struct process *p, uint32_t len)
{
    uint32_t addr = fake_space(p, len + 4);
    memset(fake_bytes(p, addr), 0xEE, len + 4);
    assert_int_equal(fake_allow_rw(p, DRIVER_PROCESS_INFO, 0, addr, len), OK);
    return addr;
}

#define UNTOUCHED 0xEEEEEEEEu

static void the_driver_exists_and_refuses_other_commands(void **state)
{
    (void)state;
    plain->no_room = true;
    assert_success(ask(plain, 0, 0, 0));
    assert_failure(ask(plain, 7, 0, 0), ERR_NOSUPPORT);
    assert_failure(ask(ruler, UINT32_MAX, 0, 0), ERR_NOSUPPORT);
}

static void an_app_without_authority_sees_itself_alone(void **state)
{
    (void)state;
    uint32_t addr = allow(plain, 16);
    assert_u32(ask(plain, COUNT, 0, 0), 1);
    assert_u32(ask(plain, PIDS, 0, 0), 1);
    assert_int_equal(fake_word(plain, addr), pid(plain));
    assert_int_equal(fake_word(plain, addr + 4), UNTOUCHED);
    plain->info.short_id = 77;
    assert_u32(ask(plain, SHORT_IDS, 0, 0), 1);
    assert_int_equal(fake_word(plain, addr), 77);
    assert_int_equal(fake_word(plain, addr + 4), UNTOUCHED);
}

static void an_app_without_authority_can_ask_about_itself_alone(void **state)
{
    (void)state;
    uint32_t addr = allow(plain, 16);
    assert_u32(ask(plain, NAME, pid(plain), 0), 5);
    assert_memory_equal(fake_bytes(plain, addr), "plain\xEE", 6);
    assert_success(ask(plain, STATS, pid(plain), 0));
    allow(plain, 16);
    assert_failure(ask(plain, NAME, pid(seer), 0), ERR_INVAL);
    assert_failure(ask(plain, STATS, pid(seer), 0), ERR_INVAL);
    assert_failure(ask(plain, NAME, 0, 0), ERR_INVAL);
}

static void an_app_that_does_not_ask_for_it_has_no_authority(void **state)
{
    (void)state;
    seer->info.filtered = ruler->info.filtered = false;
    assert_u32(ask(seer, COUNT, 0, 0), 1);
    assert_failure(ask(ruler, CONTROL, pid(plain), 2), ERR_INVAL);
    assert_failure(ask(ruler, CONTROL, pid(ruler), 2), ERR_NOSUPPORT);
}

static void an_app_with_authority_sees_all_in_one_order(void **state)
{
    (void)state;
    uint32_t addr = allow(seer, 16);
    assert_u32(ask(seer, COUNT, 0, 0), 3);
    assert_u32(ask(seer, PIDS, 0, 0), 3);
    assert_int_equal(fake_word(seer, addr), pid(plain));
    assert_int_equal(fake_word(seer, addr + 4), pid(seer));
    assert_int_equal(fake_word(seer, addr + 8), pid(ruler));
    assert_int_equal(fake_word(seer, addr + 12), UNTOUCHED);
    assert_u32(ask(seer, SHORT_IDS, 0, 0), 3);
    assert_int_equal(fake_word(seer, addr), 0);
    assert_int_equal(fake_word(seer, addr + 4), SEER);
    assert_int_equal(fake_word(seer, addr + 8), RULER);
}

static void only_whole_words_that_fit_are_written(void **state)
{
    (void)state;
    uint32_t addr = allow(seer, 7);
    assert_u32(ask(seer, PIDS, 0, 0), 3);
    assert_int_equal(fake_word(seer, addr), pid(plain));
    assert_int_equal(fake_word(seer, addr + 4), UNTOUCHED);
    assert_success(ask(seer, STATS, pid(plain), 0));
    assert_int_equal(fake_word(seer, addr), 0);
    assert_int_equal(fake_word(seer, addr + 4), UNTOUCHED);
}

static void without_a_buffer_the_answers_are_the_same(void **state)
{
    (void)state;
    assert_u32(ask(seer, PIDS, 0, 0), 3);
    assert_u32(ask(seer, SHORT_IDS, 0, 0), 3);
    assert_u32(ask(seer, NAME, pid(ruler), 0), 5);
    assert_success(ask(seer, STATS, pid(ruler), 0));
}

static void a_name_is_cut_to_the_buffer_and_its_whole_length_told(void **state)
{
    (void)state;
    uint32_t addr = allow(seer, 3);
    assert_u32(ask(seer, NAME, pid(plain), 0), 5);
    assert_memory_equal(fake_bytes(seer, addr), "pla\xEE", 4);
}

static void a_long_name_is_told_as_the_header_has_it(void **state)
{
    (void)state;
    char name[301];
    for (size_t i = 0; i < 300; i++)
        name[i] = (char)('a' + i % 26);
    name[300] = '\0';
    plain->long_name = name;
    uint32_t addr = allow(seer, 200);
    assert_u32(ask(seer, NAME, pid(plain), 0), 300);
    assert_memory_equal(fake_bytes(seer, addr), name, 200);
    assert_int_equal(*fake_bytes(seer, addr + 200), 0xEE);
    addr = allow(seer, 400);
    assert_u32(ask(seer, NAME, pid(plain), 0), 300);
    assert_memory_equal(fake_bytes(seer, addr), name, 256);
    assert_int_equal(*fake_bytes(seer, addr + 256), 0xEE);
}

static void the_counters_and_the_state_are_told(void **state)
{
    (void)state;
    uint32_t addr = allow(seer, 16);
    plain->info.slices = 11;
    plain->info.syscalls = 22;
    plain->info.restarts = 33;
    plain->info.state = PROCESS_YIELDED_FOR;
    assert_success(ask(seer, STATS, pid(plain), 0));
    assert_int_equal(fake_word(seer, addr), 11);
    assert_int_equal(fake_word(seer, addr + 4), 22);
    assert_int_equal(fake_word(seer, addr + 8), 33);
    assert_int_equal(fake_word(seer, addr + 12), 2);
    plain->info.stopped = true;
    assert_success(ask(seer, STATS, pid(plain), 0));
    assert_int_equal(fake_word(seer, addr + 12), 3);
}

static void an_unknown_pid_is_invalid_and_writes_nothing(void **state)
{
    (void)state;
    uint32_t gone = pid(plain);
    fake_die(plain);
    fake_process("in the same slot");
    uint32_t addr = allow(ruler, 16);
    static const uint32_t commands[] = { NAME, STATS, CONTROL };
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        assert_failure(ask(ruler, commands[i], gone, 2), ERR_INVAL);
        assert_failure(ask(ruler, commands[i], 0, 2), ERR_INVAL);
        assert_failure(ask(ruler, commands[i], UINT32_MAX, 2), ERR_INVAL);
    }
    assert_int_equal(fake_word(ruler, addr), UNTOUCHED);
    assert_null(fake_admin.verb);
}

static void control_needs_its_own_authority(void **state)
{
    (void)state;
    for (uint32_t op = 1; op <= 5; op++) {
        assert_failure(ask(seer, CONTROL, pid(plain), op), ERR_NOSUPPORT);
        assert_failure(ask(plain, CONTROL, pid(plain), op), ERR_NOSUPPORT);
        assert_failure(ask(plain, CONTROL, pid(seer), op), ERR_INVAL);
    }
    assert_null(fake_admin.verb);
}

static void each_op_does_what_its_number_says(void **state)
{
    (void)state;
    static const char *const verbs[] = { NULL,    "resume",    "stop",
                                         "fault", "terminate", "boot" };
    for (uint32_t op = 1; op <= 5; op++) {
        assert_success(ask(ruler, CONTROL, pid(plain), op));
        assert_string_equal(fake_admin.verb, verbs[op]);
        assert_int_equal(fake_admin.pid.handle, pid(plain));
    }
}

static void an_unknown_op_is_invalid(void **state)
{
    (void)state;
    assert_failure(ask(ruler, CONTROL, pid(plain), 0), ERR_INVAL);
    assert_failure(ask(ruler, CONTROL, pid(plain), 6), ERR_INVAL);
    assert_failure(ask(ruler, CONTROL, pid(plain), UINT32_MAX), ERR_INVAL);
    assert_null(fake_admin.verb);
}

static void an_op_the_state_does_not_allow_is_invalid(void **state)
{
    (void)state;
    fake_admin.answer = ERR_INVAL;
    assert_failure(ask(ruler, CONTROL, pid(plain), 5), ERR_INVAL);
}

static void an_empty_list_gives_power_to_nobody(void **state)
{
    (void)state;
    process_info_init(&info_driver, NULL, 0);
    assert_u32(ask(ruler, COUNT, 0, 0), 1);
    assert_failure(ask(ruler, CONTROL, pid(ruler), 2), ERR_NOSUPPORT);
}

static uint32_t key_of_ruler;

static uint32_t key_of(pid_handle_t p)
{
    return pid_equal(p, process_pid(ruler)) ? key_of_ruler : 7;
}

static void a_line_with_a_key_wants_an_app_that_key_has_accepted(void **state)
{
    (void)state;
    static const struct process_authority keyed[] = {
        { RULER, AUTHORITY_SEE, 2 },
        { RULER, AUTHORITY_CONTROL, 3 },
    };
    process_info_init(&info_driver, keyed, ARRAY_COUNT(keyed));
    assert_u32(ask(ruler, COUNT, 0, 0), 1); /* nobody says who accepted it */
    info_driver.key_of = key_of;
    key_of_ruler = 0;
    assert_u32(ask(ruler, COUNT, 0, 0), 1);
    key_of_ruler = 2;
    assert_u32(ask(ruler, COUNT, 0, 0), 3);
    assert_failure(ask(ruler, CONTROL, pid(plain), 2), ERR_NOSUPPORT);
    key_of_ruler = 3;
    assert_success(ask(ruler, CONTROL, pid(plain), 2));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_driver_exists_and_refuses_other_commands),
        TEST(an_app_without_authority_sees_itself_alone),
        TEST(an_app_without_authority_can_ask_about_itself_alone),
        TEST(an_app_that_does_not_ask_for_it_has_no_authority),
        TEST(an_app_with_authority_sees_all_in_one_order),
        TEST(only_whole_words_that_fit_are_written),
        TEST(without_a_buffer_the_answers_are_the_same),
        TEST(a_name_is_cut_to_the_buffer_and_its_whole_length_told),
        TEST(a_long_name_is_told_as_the_header_has_it),
        TEST(the_counters_and_the_state_are_told),
        TEST(an_unknown_pid_is_invalid_and_writes_nothing),
        TEST(control_needs_its_own_authority),
        TEST(each_op_does_what_its_number_says),
        TEST(an_unknown_op_is_invalid),
        TEST(an_op_the_state_does_not_allow_is_invalid),
        TEST(an_empty_list_gives_power_to_nobody),
        TEST(a_line_with_a_key_wants_an_app_that_key_has_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The parallel flash driver against a model of a bank that is only memory in
 * array mode, takes its time, and has no rule that programs clear bits only.
 * SOURCES: chips/virt/pflash.c tests/fake/mmio.c tests/fake/kernel.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <chips/virt/pflash.h>
#include <kernel/flash_hold.h>
#include <tests/fake/kernel.h>

#define BASE 0x22000000u
#define BLOCK (256u << 10)
#define BOTH(x) ((uint32_t)(x) | (uint32_t)(x) << 16)

/* ---- the model: two blocks ------------------------------------------------------ */

static uint32_t memory[2 * BLOCK / 4];
static enum { ARRAY, STATUS } mode;
static enum { COMMAND, ERASE, COUNT, FILL, CONFIRM } step;
static uint32_t left, window, looks_until_ready, status_when_ready, patience;
static bool programs_overwrite;

static uint32_t model_read(uint32_t address)
{
    uint32_t at = (address - BASE) / 4;
    assert_true(at < ARRAY_COUNT(memory));
    if (mode == ARRAY)
        return memory[at];
    if (looks_until_ready != 0) {
        looks_until_ready--;
        return 0;
    }
    return status_when_ready;
}

static void begin_work(void)
{
    step = COMMAND;
    mode = STATUS;
    looks_until_ready = patience;
}

static void command(uint32_t at, uint32_t value)
{
    (void)at;
    if (value == BOTH(0xFF) || value == BOTH(0x50)) {
        if (looks_until_ready == 0)
            mode = ARRAY;
    } else if (value == BOTH(0x20)) {
        step = ERASE;
    } else {
        assert_int_equal(value, BOTH(0xE8));
        mode = STATUS;
        step = COUNT;
    }
}

static void model_write(uint32_t address, uint32_t value)
{
    uint32_t at = (address - BASE) / 4;
    assert_true(at < ARRAY_COUNT(memory));
    switch (step) {
    case COMMAND:
        command(at, value);
        break;
    case ERASE:
        assert_int_equal(value, BOTH(0xD0));
        memset(&memory[at & ~(BLOCK / 4 - 1)], 0xFF, BLOCK);
        begin_work();
        break;
    case COUNT:
        window = at / (4096 / 4);
        left = (value & 0xFFFF) + 1;
        assert_int_equal(value >> 16, value & 0xFFFF);
        step = FILL;
        break;
    case FILL:
        assert_int_equal(at / (4096 / 4), window); /* QEMU: of the commands */
        memory[at] = programs_overwrite ? value : memory[at] & value;
        if (--left == 0)
            step = CONFIRM;
        break;
    case CONFIRM:
        assert_int_equal(value, BOTH(0xD0));
        begin_work();
        break;
    }
}

static const struct fake_device model = { 4, model_read, model_write };

/* ---- kernel and client ----------------------------------------------------------- */

static struct pflash bank;
static uint32_t told;
static err_t told_e;
static int held; /* how often, minus how often released */

void flash_hold(void)
{
    held++;
}

void flash_release(void)
{
    held--;
}

void flash_call(struct deferred *d)
{
    deferred_call(d);
}

void flash_open(void)
{
}

static void done(struct flash_client *client, err_t e)
{
    (void)client;
    assert_int_equal(held, 0);
    assert_true(mode == ARRAY || patience == UINT32_MAX);
    told++;
    told_e = e;
}

static struct flash_client client = { done };

static int setup(void **state)
{
    (void)state;
    memset(memory, 0xFF, sizeof memory);
    mode = ARRAY;
    step = COMMAND;
    looks_until_ready = patience = 0;
    status_when_ready = BOTH(0x80);
    programs_overwrite = true;
    told = 0;
    held = 0;
    fake_mmio(&model);
    fake_boot(NULL, 0);
    bank = (struct pflash){ .flash = { .client = &client } };
    pflash_init(&bank, BASE, (const uint8_t *)memory);
    fake_mmio_forget();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

static err_t program(uint32_t at, const void *bytes, uint32_t len)
{
    return pflash_ops.program(&bank.flash, at, bytes, len);
}

/* ---- tests ---------------------------------------------------------------------------- */

static void a_program_is_one_buffer(void **state)
{
    (void)state;
    static const uint32_t words[] = { 0x11223344, 0x55667788 };
    assert_int_equal(program(BLOCK + 8, words, 8), OK);
    assert_writes("22040008=e800e8 22040008=10001 22040008=11223344 "
                  "2204000c=55667788 22040008=d000d0 22040000=500050 "
                  "22040000=ff00ff");
    assert_int_equal(told, 0); /* not from inside the call */
    fake_settle();
    assert_int_equal(told, 1);
    assert_int_equal(told_e, OK);
    assert_int_equal(memory[BLOCK / 4 + 2], 0x11223344);
}

static void a_program_only_clears_bits(void **state)
{
    (void)state;
    static const uint8_t bytes[4] = { 0x0F, 0xFF, 0xAA, 0xF0 };
    memory[1] = 0x12345678;
    assert_int_equal(program(4, bytes, 4), OK);
    fake_settle();
    assert_int_equal(told_e, OK);
    assert_int_equal(memory[1], 0x12345678 & 0xF0AAFF0F);
}

static void what_changes_nothing_is_not_programmed(void **state)
{
    (void)state;
    static const uint8_t ones[8] = { 0xFF, 0xFF, 0xFF, 0xFF,
                                     0xFF, 0xFF, 0xFF, 0xFF };
    memory[0] = 0x12345678;
    assert_int_equal(program(0, ones, 8), OK);
    assert_writes("");
    assert_int_equal(told, 0);
    fake_settle();
    assert_int_equal(told, 1);
    assert_int_equal(memory[0], 0x12345678);
}

static void an_erase_that_takes_time_holds_the_apps(void **state)
{
    (void)state;
    memory[3] = memory[BLOCK / 4 + 3] = 0;
    patience = 10;
    assert_int_equal(pflash_ops.erase(&bank.flash, BLOCK), OK);
    fake_settle();
    assert_int_equal(told, 0);
    assert_int_equal(held, 1);
    for (int i = 0; i < 6; i++)
        fake_pass_ms(1);
    assert_int_equal(told, 0);
    assert_int_equal(held, 1);
    fake_pass_ms(1);
    assert_int_equal(told, 1);
    assert_int_equal(told_e, OK);
    assert_int_equal(memory[3], 0);
    assert_int_equal(memory[BLOCK / 4 + 3], 0xFFFFFFFF);
}

static void an_error_of_either_chip_is_told(void **state)
{
    (void)state;
    static const uint32_t bad[] = { 0x00A00080, 0x00800090, 0x00820082 };
    static const uint32_t word = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++) {
        status_when_ready = bad[i];
        memory[0] = 0xFFFFFFFF;
        assert_int_equal(program(0, &word, 4), OK);
        fake_settle();
        assert_int_equal(told, i + 1);
        assert_int_equal(told_e, ERR_FAIL);
    }
}

static void one_that_never_ends_fails_and_lets_go(void **state)
{
    (void)state;
    patience = UINT32_MAX;
    assert_int_equal(pflash_ops.erase(&bank.flash, 0), OK);
    for (int i = 0; i < 100 && held != 0; i++) {
        fake_pass_ms(200);
        fake_mmio_forget();
    }
    assert_int_equal(held, 0);
    assert_int_equal(told, 1);
    assert_int_equal(told_e, ERR_FAIL);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const uint32_t words[65];
    const struct {
        uint32_t at, len;
    } bad[] = { { 0, 0 },   { 1, 4 },   { 0, 3 },
                { 252, 8 }, { 0, 260 }, { 32u << 20, 4 } };
    for (uint32_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_int_equal(program(bad[i].at, words, bad[i].len), ERR_INVAL);
    assert_int_equal(pflash_ops.erase(&bank.flash, 4096), ERR_INVAL);
    assert_int_equal(pflash_ops.erase(&bank.flash, 32u << 20), ERR_INVAL);
    assert_writes("");
    assert_int_equal(pflash_ops.erase(&bank.flash, 0), OK);
    assert_int_equal(pflash_ops.erase(&bank.flash, 0), ERR_BUSY);
    assert_int_equal(program(0, words, 4), ERR_BUSY);
    fake_settle();
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_program_is_one_buffer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_program_only_clears_bits, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_changes_nothing_is_not_programmed,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(an_erase_that_takes_time_holds_the_apps,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_of_either_chip_is_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_that_never_ends_fails_and_lets_go,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of each driver alike, asked of all of them (tests/fake/house.h):
 * the numbers that their headers promise, and of every operation that takes
 * longer than a command that two apps can have it at once, and that it stands
 * apps that die, buffers that shrink and vanish, and lengths of nothing and of
 * all there is.
 * SOURCES: tests/fake/house.c tests/fake/kernel.c
 * SOURCES: drivers/adc.c drivers/aes.c drivers/alarm.c drivers/app_flash.c
 * SOURCES: drivers/blocks.c drivers/button.c drivers/calendar.c drivers/console.c
 * SOURCES: drivers/crc.c drivers/cycle_count.c drivers/date_time.c
 * SOURCES: drivers/digest_job.c drivers/gpio.c drivers/hmac.c drivers/i2c_master.c
 * SOURCES: drivers/isolated.c drivers/kept.c drivers/kv.c drivers/led.c
 * SOURCES: drivers/low_level_debug.c drivers/mux.c drivers/nonvolatile.c
 * SOURCES: drivers/records_flash.c drivers/records_index.c drivers/records_mount.c
 * SOURCES: drivers/records_write.c
 * SOURCES: drivers/pwm.c drivers/read_only_state.c drivers/owners.c drivers/records.c drivers/rng.c
 * SOURCES: drivers/sensor.c drivers/sha.c drivers/spi_controller.c drivers/turns.c
 * SOURCES: loader/line.c loader/messages.c loader/process_info.c kernel/format.c
 * SOURCES: crypto/bearssl_aes.c crypto/bearssl_digest.c
 * SOURCES: pic/crc32.c
 * LINK: -lbearssl */
#include <tests/fake/house.h>
#include <tests/fake/promises.h>

#include <string.h>

#include <berth/compiler.h>

enum { BUFFERS = HOUSE_BUFFERS, ROOM = 600 };

static struct process *app, *other;

static int setup(void **state)
{
    (void)state;
    house_begin();
    app = house_process(0);
    other = house_process(1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_end();
    return 0;
}

/* ---- an operation's life ------------------------------------------------------------ */

/* Buffers lie apart from each other, read-only ones first. */
static uint32_t place(const struct process *p, uint32_t n)
{
    return p->base + n * ROOM;
}

/* Lend what it wants, `percent` of each. */
static void lend(struct process *p, const struct house_operation *o,
                 uint32_t percent)
{
    for (uint32_t n = 0; n < BUFFERS; n++) {
        uint32_t ro = o->ro[n] * percent / 100, rw = o->rw[n] * percent / 100;
        if (o->ro[n] != 0)
            assert_int_equal(fake_allow_ro(p, o->driver, n, place(p, n), ro),
                             OK);
        if (o->rw[n] != 0)
            assert_int_equal(
                fake_allow_rw(p, o->driver, n, place(p, BUFFERS + n), rw), OK);
    }
}

static struct sysret begin(struct process *p, const struct house_operation *o)
{
    lend(p, o, 100);
    (void)fake_command(p, o->driver, o->first, 0, 0);
    return fake_command(p, o->driver, o->command, o->a1, o->a2);
}

static void assert_begins(struct process *p, const struct house_operation *o)
{
    struct sysret r = begin(p, o);
    if (r.variant != SYSRET_SUCCESS && r.variant != SYSRET_SUCCESS_U32)
        fail_msg("driver 0x%x, command %u: variant %u, error %u",
                 (unsigned)o->driver, (unsigned)o->command, (unsigned)r.variant,
                 (unsigned)r.value);
}

/* All that is to happen has happened. */
static void settle(const struct house_operation *o, const struct process *p)
{
    house_settle();
    if (o->is_stirred)
        house_stir(p, "abcdefgh");
    for (uint32_t i = 0; i < 50; i++) /* a converter's samples */
        house_event(4, OK);
    fake_pass_ms(1);
    house_settle();
}

/* How many events of it have come; of others none may. */
static uint32_t told(struct process *p, const struct house_operation *o)
{
    struct fake_upcall event;
    uint32_t count = 0;
    while (fake_upcall(p, &event)) {
        assert_int_equal(event.driver, o->driver);
        assert_int_equal(event.number, o->event);
        count++;
    }
    return count;
}

static bool is_of_many(const struct house_operation *o)
{
    return o->driver == DRIVER_BUTTON || o->driver == DRIVER_GPIO;
}

static void assert_told(struct process *p, const struct house_operation *o)
{
    uint32_t count = told(p, o);
    if (is_of_many(o) ? count == 0 : count != 1)
        fail_msg("driver 0x%x, command %u: %u events", (unsigned)o->driver,
                 (unsigned)o->command, (unsigned)count);
}

/* The app's memory is as it was made, but for what is lent now. */
static void memory_make(struct process *p)
{
    memset(p->memory, 0xA5, FAKE_MEMORY);
}

static void assert_untouched(const struct process *p, uint32_t from)
{
    for (uint32_t i = from; i < FAKE_MEMORY; i++)
        if (p->memory[i] != 0xA5)
            fail_msg("the app's byte %u has changed", (unsigned)i);
}

#define FOR_EACH_OPERATION(o)                                                  \
    for (const struct house_operation *o = house_operations;                   \
         o < house_operations + HOUSE_OPERATIONS;                              \
         teardown(NULL), setup(NULL), o++)

/* ---- numbers ---------------------------------------------------------------------------- */

static const struct promise *promise_of(uint32_t driver)
{
    for (size_t i = 0; i < ARRAY_COUNT(promises); i++)
        if (promises[i].driver == driver)
            return &promises[i];
    fail_msg("no header promises driver 0x%x", (unsigned)driver);
    return NULL;
}

static bool is_promised(const struct promise *p, uint32_t command)
{
    for (uint32_t i = 0; i < p->command_count; i++)
        if (p->commands[i] == command)
            return true;
    return false;
}

static void every_driver_exists(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < HOUSE_DRIVERS; i++) {
        struct sysret r = fake_command(app, house[i].number, 0, 0, 0);
        assert_true(r.variant == SYSRET_SUCCESS ||
                    r.variant == SYSRET_SUCCESS_U32);
    }
}

/* Of any app, be it one that may everything. */
static void commands_nobody_promised_are_not_supported(void **state)
{
    (void)state;
    struct process *mighty = house_process(3);
    for (uint32_t i = 0; i < HOUSE_DRIVERS; i++) {
        const struct promise *p = promise_of(house[i].number);
        for (uint32_t command = 0; command < 130; command++)
            if (!is_promised(p, command))
                assert_failure(
                    fake_command(mighty, house[i].number, command, 0, 0),
                    ERR_NOSUPPORT);
        assert_failure(fake_command(mighty, house[i].number, 0xFFFFFFFF, 0, 0),
                       ERR_NOSUPPORT);
        assert_failure(fake_command(mighty, house[i].number, 0x80000001, 0, 0),
                       ERR_NOSUPPORT);
    }
}

static void events_and_buffers_are_those_that_headers_promise(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < HOUSE_DRIVERS; i++) {
        const struct promise *p = promise_of(house[i].number);
        static const struct grant none;
        const struct grant *g = house[i].grant ? house[i].grant : &none;
        if (g->layout.upcalls != p->events || g->layout.allow_ro != p->ro ||
            g->layout.allow_rw != p->rw)
            fail_msg("driver 0x%x has %u events, %u and %u buffers",
                     (unsigned)p->driver, g->layout.upcalls, g->layout.allow_ro,
                     g->layout.allow_rw);
    }
}

/* ---- operations -------------------------------------------------------------------------- */

static void what_is_asked_for_is_told_once(void **state)
{
    (void)state;
    FOR_EACH_OPERATION(o)
    {
        for (uint32_t times = 0; times < 3; times++) {
            assert_begins(app, o);
            settle(o, app);
            assert_told(app, o);
            assert_no_upcall(other);
        }
        assert_begins(other, o);
        settle(o, other);
        assert_told(other, o);
        assert_true(is_of_many(o) || app->queued == 0);
    }
}

static void without_room_for_a_grant_nothing_begins(void **state)
{
    (void)state;
    FOR_EACH_OPERATION(o)
    {
        app->no_room = true;
        assert_failure(fake_command(app, o->driver, o->command, o->a1, o->a2),
                       ERR_NOMEM);
        settle(o, app);
        assert_no_upcall(app);
    }
}

static void two_apps_at_once_are_both_told(void **state)
{
    (void)state;
    FOR_EACH_OPERATION(o)
    {
        assert_begins(app, o);
        if (o->second != OK) {
            assert_failure(begin(other, o), o->second);
            settle(o, app);
            assert_told(app, o);
            assert_no_upcall(other);
        } else {
            assert_begins(other, o);
            settle(o, app);
            settle(o, other);
            assert_told(app, o);
        }
        if (o->second != OK) {
            assert_begins(other, o);
            settle(o, other);
        }
        assert_told(other, o);
    }
}

/* At each moment: after the command, and after so many deferred calls. */
static void who_dies_meanwhile_leaves_nothing_behind(void **state)
{
    (void)state;
    for (uint32_t calls = 0; calls < 4; calls++)
        FOR_EACH_OPERATION(o)
        {
            assert_begins(app, o);
            if (o->second == OK)
                assert_begins(other, o);
            for (uint32_t n = 0; n < calls; n++)
                (void)fake_settle_one();
            fake_die(app);
            app = house_process(0); /* in its slot */
            memory_make(app);
            settle(o, other);
            assert_no_upcall(app);
            assert_untouched(app, 0);
            if (o->second != OK)
                assert_begins(other, o);
            settle(o, other);
            assert_told(other, o);
        }
}

static void a_new_life_begins_like_the_first(void **state)
{
    (void)state;
    FOR_EACH_OPERATION(o)
    {
        assert_begins(app, o);
        fake_die(app);
        app = house_process(0);
        assert_begins(app, o);
        settle(o, app);
        assert_told(app, o);
    }
}

/* Nothing is written to where a buffer was. */
static void buffers_taken_back_meanwhile_are_left_alone(void **state)
{
    (void)state;
    for (uint32_t calls = 0; calls < 3; calls++)
        FOR_EACH_OPERATION(o)
        {
            assert_begins(app, o);
            for (uint32_t n = 0; n < calls; n++)
                (void)fake_settle_one();
            lend(app, o, 0);
            memory_make(app);
            settle(o, app);
            assert_told(app, o);
            assert_untouched(app, 0);
        }
}

static void buffers_that_shrink_meanwhile_are_not_overrun(void **state)
{
    (void)state;
    for (uint32_t calls = 0; calls < 3; calls++)
        FOR_EACH_OPERATION(o)
        {
            assert_begins(app, o);
            for (uint32_t n = 0; n < calls; n++)
                (void)fake_settle_one();
            lend(app, o, 50);
            memory_make(app);
            settle(o, app);
            assert_told(app, o);
            for (uint32_t n = 0; n < BUFFERS; n++)
                memset(fake_bytes(app, place(app, BUFFERS + n)), 0xA5,
                       o->rw[n] / 2);
            assert_untouched(app, 0);
        }
}

/* Refused, or told: but never left open, and nothing is written. */
static void lengths_of_nothing_end_too(void **state)
{
    (void)state;
    FOR_EACH_OPERATION(o)
    {
        lend(app, o, 0);
        memory_make(app);
        (void)fake_command(app, o->driver, o->first, 0, 0);
        bool has_length = o->ro[0] + o->ro[1] + o->rw[0] + o->rw[1] != 0;
        struct sysret r = fake_command(app, o->driver, o->command,
                                       has_length ? o->a1 & 0xFF : o->a1, 0);
        settle(o, app);
        if (r.variant >= SYSRET_SUCCESS)
            assert_told(app, o);
        else
            assert_no_upcall(app);
        assert_untouched(app, 0);
        assert_begins(app, o); /* it is idle */
    }
}

/* Of all memory the app has, by lengths that are larger still. */
static void lengths_beyond_all_bounds_end_too(void **state)
{
    (void)state;
    static const uint32_t lengths[] = { FAKE_MEMORY, 0xFFFF, 0x7FFFFFFF,
                                        0xFFFFFFFF };
    for (uint32_t i = 0; i < ARRAY_COUNT(lengths); i++)
        FOR_EACH_OPERATION(o)
        {
            for (uint32_t n = 0; n < BUFFERS; n++) {
                (void)fake_allow_ro(app, o->driver, n, app->base, FAKE_MEMORY);
                (void)fake_allow_rw(app, o->driver, n, app->base, FAKE_MEMORY);
            }
            (void)fake_command(app, o->driver, o->first, 0, 0);
            struct sysret r =
                fake_command(app, o->driver, o->command,
                             o->a2 != 0 ? o->a1 : lengths[i], lengths[i]);
            settle(o, app);
            uint32_t count = told(app, o);
            assert_true(r.variant >= SYSRET_SUCCESS || count == 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(every_driver_exists),
        TEST(commands_nobody_promised_are_not_supported),
        TEST(events_and_buffers_are_those_that_headers_promise),
        TEST(what_is_asked_for_is_told_once),
        TEST(without_room_for_a_grant_nothing_begins),
        TEST(two_apps_at_once_are_both_told),
        TEST(who_dies_meanwhile_leaves_nothing_behind),
        TEST(a_new_life_begins_like_the_first),
        TEST(buffers_taken_back_meanwhile_are_left_alone),
        TEST(buffers_that_shrink_meanwhile_are_not_overrun),
        TEST(lengths_of_nothing_end_too),
        TEST(lengths_beyond_all_bounds_end_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

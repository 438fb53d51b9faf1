/* SPDX-License-Identifier: Apache-2.0 */
/* The goldfish clock.
 * SOURCES: chips/virt/goldfish_rtc.c tests/fake/mmio.c tests/fake/kernel.c */
#include <chips/virt/goldfish_rtc.h>

#include <string.h>

#include <tests/fake/kernel.h>
#include <tests/fake/mmio.h>

static uint64_t ns;
static bool latched;
static struct goldfish_rtc clock_;
static struct {
    int reads, sets;
    err_t status;
    uint32_t seconds;
} heard;

static uint32_t read(uint32_t address)
{
    latched = latched || address == 0x101000;
    assert_true(latched); /* the low half comes first */
    return (uint32_t)(address == 0x101000 ? ns : ns >> 32);
}

static const struct fake_device device = { 4, read, NULL };

static void on_read(struct rtc_client *client, err_t status, uint32_t seconds)
{
    (void)client;
    heard.reads++;
    heard.status = status;
    heard.seconds = seconds;
}

static void on_set(struct rtc_client *client, err_t status)
{
    (void)client;
    heard.sets++;
    heard.status = status;
}

static struct rtc_client client = { on_read, on_set };

static int setup(void **state)
{
    (void)state;
    memset(&heard, 0, sizeof heard);
    clock_ = (struct goldfish_rtc){
        .rtc = { &goldfish_rtc_ops, &client },
        .base = 0x101000,
    };
    latched = false;
    fake_boot(NULL, 0);
    fake_mmio(&device);
    goldfish_rtc_init(&clock_);
    return 0;
}

static void assert_reads(uint64_t at, uint32_t seconds)
{
    ns = at;
    assert_int_equal(clock_.rtc.ops->read(&clock_.rtc), OK);
    fake_settle();
    assert_int_equal(heard.status, OK);
    assert_int_equal(heard.seconds, seconds);
}

static void nanoseconds_are_told_as_whole_seconds(void **state)
{
    (void)state;
    assert_reads(0, 0);
    assert_reads(999999999, 0);
    assert_reads(1000000000, 1);
    assert_reads(951827696999999999u, 951827696);
    assert_reads(4294967295999999999u, UINT32_MAX);
}

static void a_time_beyond_its_reach_is_an_error(void **state)
{
    (void)state;
    static const uint64_t beyond[] = { 4294967296000000000u, UINT64_MAX };
    for (size_t i = 0; i < ARRAY_COUNT(beyond); i++) {
        ns = beyond[i];
        assert_int_equal(clock_.rtc.ops->read(&clock_.rtc), OK);
        fake_settle();
        assert_int_equal(heard.status, ERR_FAIL);
    }
}

static void setting_writes_the_high_half_while_the_low_one_is_small(
    void **state)
{
    (void)state;
    assert_int_equal(clock_.rtc.ops->set(&clock_.rtc, 951827696), OK);
    assert_writes("101000=0 101004=d35923f 101000=1b756000");
    assert_int_equal(heard.sets, 0);
    fake_settle();
    assert_int_equal(heard.sets, 1);
    assert_int_equal(heard.status, OK);
}

static void one_operation_at_a_time_told_later(void **state)
{
    (void)state;
    assert_int_equal(clock_.rtc.ops->read(&clock_.rtc), OK);
    assert_int_equal(clock_.rtc.ops->read(&clock_.rtc), ERR_BUSY);
    assert_int_equal(clock_.rtc.ops->set(&clock_.rtc, 5), ERR_BUSY);
    assert_writes("");
    assert_int_equal(heard.reads, 0);
    fake_settle();
    assert_int_equal(heard.reads, 1);
    assert_int_equal(clock_.rtc.ops->set(&clock_.rtc, 5), OK);
    fake_settle();
    assert_int_equal(heard.sets, 1);
    assert_int_equal(heard.reads, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nanoseconds_are_told_as_whole_seconds),
        TEST(a_time_beyond_its_reach_is_an_error),
        TEST(setting_writes_the_high_half_while_the_low_one_is_small),
        TEST(one_operation_at_a_time_told_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt controller and the timer that SiFive and QEMU chips share.
 * SOURCES: chips/common/plic.c chips/common/clint.c tests/fake/mmio.c */
#include <tests/fake/mmio.h>

#include <stdbool.h>
#include <string.h>

#include <berth/hil/chip.h>
#include <chips/common/plic.h>

#define PLIC 0x0C000000u
enum {
    ENABLE = PLIC + 0x2000,
    THRESHOLD = PLIC + 0x200000,
    CLAIM = PLIC + 0x200004,
};
enum { MTIMECMP = 0x02004000, MTIME = 0x0200BFF8 };

/* ---- the controller -------------------------------------------------------------------- */

static uint32_t priority[64], enable[2], threshold;
static uint64_t pending; /* a bit per source */
static uint64_t claimed;
static uint64_t stuck; /* sources that are pending again once completed */

static uint32_t claim(void)
{
    for (uint32_t s = 1; s < 64; s++) {
        uint64_t bit = UINT64_C(1) << s;
        if ((pending & ~claimed & bit) == 0 || priority[s] <= threshold ||
            (enable[s / 32] >> s % 32 & 1u) == 0)
            continue;
        pending &= ~bit;
        claimed |= bit;
        return s;
    }
    return 0;
}

static uint32_t plic_read(uint32_t address)
{
    if (address == CLAIM)
        return claim();
    assert_true(address == ENABLE || address == ENABLE + 4);
    return enable[(address - ENABLE) / 4];
}

static void plic_write(uint32_t address, uint32_t value)
{
    if (address == CLAIM) {
        assert_true(value < 64 && (claimed >> value & 1u) != 0);
        claimed &= ~(UINT64_C(1) << value);
        pending |= stuck & UINT64_C(1) << value;
    } else if (address == THRESHOLD) {
        threshold = value;
    } else if (address == ENABLE || address == ENABLE + 4) {
        enable[(address - ENABLE) / 4] = value;
    } else {
        assert_in_range(address, PLIC + 4, PLIC + 4 * 63);
        priority[(address - PLIC) / 4] = value;
    }
}

static const struct fake_device plic = { 4, plic_read, plic_write };

static char served[32];

static void serve(void *device)
{
    assert_true(strlen(served) < sizeof served - 1);
    strcat(served, device);
}

static char a[] = "a", b[] = "b";
IRQ_TABLE({ 3, serve, a }, { 40, serve, b })

static int setup_plic(void **state)
{
    (void)state;
    fake_mmio(&plic);
    memset(priority, 0, sizeof priority);
    enable[0] = enable[1] = 0xFFFFFFFF; /* what ran before left them on */
    threshold = 7;
    pending = claimed = stuck = 0;
    served[0] = '\0';
    plic_init();
    return 0;
}

static void only_the_sources_of_the_table_are_enabled(void **state)
{
    (void)state;
    assert_int_equal(enable[0], 1u << 3);
    assert_int_equal(enable[1], 1u << 8);
    assert_true(priority[3] > 0 && priority[40] > 0);
    assert_int_equal(threshold, 0);
    assert_int_equal(fake_interrupts, 0x880); /* timer and external */
}

static void each_pending_source_is_served_and_completed(void **state)
{
    (void)state;
    pending = UINT64_C(1) << 3 | UINT64_C(1) << 40;
    chip_service();
    assert_string_equal(served, "ab");
    assert_true(claimed == 0);
    chip_service(); /* nothing there */
    assert_string_equal(served, "ab");
}

static void a_source_nobody_serves_is_completed_too(void **state)
{
    (void)state;
    enable[0] |= 1u << 9;
    priority[9] = 1;
    pending = UINT64_C(1) << 9 | UINT64_C(1) << 40;
    chip_service();
    assert_string_equal(served, "b");
    assert_true(claimed == 0);
}

static void a_source_that_never_goes_quiet_ends_a_round_all_the_same(
    void **state)
{
    (void)state;
    stuck = pending = UINT64_C(1) << 3;
    chip_service();
    assert_in_range(strlen(served), 1, 16);
    assert_true(claimed == 0);
}

static void waiting_is_the_cores_business(void **state)
{
    (void)state;
    chip_wait();
    assert_int_equal(fake_waits, 1);
}

/* ---- the timer ----------------------------------------------------------------------------- */

static uint64_t mtime, mtimecmp;
static uint32_t step;   /* by which the clock goes on with each read of it */
static uint64_t lowest; /* that mtimecmp has been meanwhile */

static uint32_t clint_read(uint32_t address)
{
    uint32_t value;
    assert_true(address == MTIME || address == MTIME + 4);
    value = (uint32_t)(address == MTIME ? mtime : mtime >> 32);
    mtime += step;
    return value;
}

static void clint_write(uint32_t address, uint32_t value)
{
    assert_true(address == MTIMECMP || address == MTIMECMP + 4);
    if (address == MTIMECMP)
        mtimecmp = (mtimecmp & ~UINT64_C(0xFFFFFFFF)) | value;
    else
        mtimecmp = (uint32_t)mtimecmp | (uint64_t)value << 32;
    if (mtimecmp < lowest)
        lowest = mtimecmp;
}

static const struct fake_device clint = { 4, clint_read, clint_write };

static int setup_clint(void **state)
{
    (void)state;
    fake_mmio(&clint);
    mtime = 0;
    step = 0;
    return 0;
}

static void the_clock_is_read_whole_while_its_low_half_wraps(void **state)
{
    (void)state;
    mtime = 0x123456789;
    assert_true(chip_now() == 0x123456789);
    assert_int_equal(chip_now_low(), 0x23456789);
    step = 1;
    for (uint32_t before = 0; before < 8; before++) {
        mtime = 0x200000000 - before;
        uint64_t from = mtime;
        uint64_t now = chip_now();
        assert_true(from <= now && now <= mtime);
    }
}

static void the_comparator_is_never_due_too_early_on_its_way(void **state)
{
    (void)state;
    static const uint64_t values[] = { 0x100000000, 0xFFFFFFFF, 0x2FFFFFFFF,
                                       0x300000000, 5,          UINT64_MAX,
                                       0x100000001 };
    mtimecmp = UINT64_MAX;
    for (uint32_t i = 0; i < ARRAY_COUNT(values); i++) {
        uint64_t before = mtimecmp;
        lowest = UINT64_MAX;
        chip_timer_set(values[i]);
        assert_true(mtimecmp == values[i]);
        assert_true(lowest >= values[i] || lowest >= before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_the_sources_of_the_table_are_enabled,
                               setup_plic),
        cmocka_unit_test_setup(each_pending_source_is_served_and_completed,
                               setup_plic),
        cmocka_unit_test_setup(a_source_nobody_serves_is_completed_too,
                               setup_plic),
        cmocka_unit_test_setup(
            a_source_that_never_goes_quiet_ends_a_round_all_the_same,
            setup_plic),
        cmocka_unit_test_setup(waiting_is_the_cores_business, setup_plic),
        cmocka_unit_test_setup(the_clock_is_read_whole_while_its_low_half_wraps,
                               setup_clint),
        cmocka_unit_test_setup(the_comparator_is_never_due_too_early_on_its_way,
                               setup_clint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

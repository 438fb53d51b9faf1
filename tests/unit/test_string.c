/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's string functions against the host's, at every alignment and at
 * lengths around every unrolled step. They are renamed here, so that the test
 * itself keeps those of the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define memcpy kernel_memcpy
#define memmove kernel_memmove
#define memset kernel_memset
#define memcmp kernel_memcmp
#define strlen kernel_strlen
#include <kernel/string.c>
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

#define ROOM 96u
#define LONGEST 70u

static uint8_t pattern(size_t i)
{
    return (uint8_t)(i * 37 + 11);
}

static void fill(uint8_t *bytes)
{
    for (size_t i = 0; i < ROOM; i++)
        bytes[i] = pattern(i);
}

static void memset_writes_its_bytes_and_no_other(void **state)
{
    (void)state;
    for (size_t at = 0; at < 9; at++)
        for (size_t n = 0; n <= LONGEST; n++) {
            _Alignas(16) uint8_t got[ROOM], want[ROOM];
            fill(got);
            fill(want);
            memset(want + at, 0x1A5, n);
            assert_ptr_equal(kernel_memset(got + at, 0x1A5, n), got + at);
            assert_memory_equal(got, want, ROOM);
        }
}

static void memcpy_copies_at_every_alignment(void **state)
{
    (void)state;
    for (size_t to = 0; to < 9; to++)
        for (size_t from = 0; from < 9; from++)
            for (size_t n = 0; n <= LONGEST; n++) {
                _Alignas(16) uint8_t source[ROOM], got[ROOM], want[ROOM];
                fill(source);
                memset(got, 0xEE, ROOM);
                memset(want, 0xEE, ROOM);
                memcpy(want + to, source + from, n);
                assert_ptr_equal(kernel_memcpy(got + to, source + from, n),
                                 got + to);
                assert_memory_equal(got, want, ROOM);
            }
}

static void memmove_is_right_however_they_overlap(void **state)
{
    (void)state;
    for (size_t to = 0; to < 24; to++)
        for (size_t from = 0; from < 24; from++)
            for (size_t n = 0; n <= LONGEST; n++) {
                uint8_t got[ROOM], want[ROOM];
                fill(got);
                fill(want);
                memmove(want + to, want + from, n);
                assert_ptr_equal(kernel_memmove(got + to, got + from, n),
                                 got + to);
                assert_memory_equal(got, want, ROOM);
            }
}

static void memcmp_finds_the_first_difference(void **state)
{
    uint8_t a[4] = { 1, 2, 0x80, 4 }, b[4] = { 1, 2, 0x7F, 9 };

    (void)state;
    assert_int_equal(kernel_memcmp(a, b, 0), 0);
    assert_int_equal(kernel_memcmp(a, b, 2), 0);
    assert_true(kernel_memcmp(a, b, 4) > 0);
    assert_true(kernel_memcmp(b, a, 4) < 0);
}

static void strlen_stops_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(kernel_strlen(""), 0);
    assert_int_equal(kernel_strlen("berth"), 5);
    assert_int_equal(kernel_strlen("be\0rth"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memset_writes_its_bytes_and_no_other),
        cmocka_unit_test(memcpy_copies_at_every_alignment),
        cmocka_unit_test(memmove_is_right_however_they_overlap),
        cmocka_unit_test(memcmp_finds_the_first_difference),
        cmocka_unit_test(strlen_stops_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel log: whole lines only, the latest ones, whatever the ring's size.
 * SOURCES: kernel/log.c kernel/format.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kernel/kernel.h>

/* A constant to all others. */
extern struct kernel_config config __asm__("kernel_config");
struct kernel_config config = { .log_level = LOG_INFO };

static uint32_t notified;

static void on_line(void)
{
    notified++;
}

/* A ring of exactly `size` bytes, so that the sanitizer guards its ends. */
static uint8_t *begin(size_t size)
{
    uint8_t *ring = malloc(size);

    assert_non_null(ring);
    memset(ring, 0xEE, size);
    config.log = ring;
    config.log_size = (uint32_t)size;
    klog_clear();
    return ring;
}

static void expect_line(uint32_t *cursor, const char *want,
                        enum log_level want_level)
{
    char line[300];
    enum log_level level;

    assert_int_equal(klog_read(cursor, line, sizeof line, &level),
                     strlen(want));
    assert_string_equal(line, want);
    assert_int_equal(level, want_level);
}

static void expect_end(uint32_t *cursor)
{
    char line[8];
    enum log_level level;

    assert_int_equal(klog_read(cursor, line, sizeof line, &level), -1);
}

static void nothing_is_kept_before_there_is_a_ring(void **state)
{
    uint32_t cursor = 0;

    (void)state;
    klog(LOG_ERROR, "too early");
    expect_end(&cursor);
    for (size_t size = 0; size < 4; size++) {
        uint8_t *ring = begin(size);
        klog(LOG_ERROR, "no room for %u", (unsigned)size);
        cursor = 0;
        if (size < 3)
            expect_end(&cursor);
        free(ring);
    }
}

static void lines_come_back_in_order_with_their_level(void **state)
{
    uint8_t *ring = begin(128);
    uint32_t cursor = 0;

    (void)state;
    klog(LOG_ERROR, "first %u", 1u);
    klog(LOG_INFO, "second %s", "line");
    expect_line(&cursor, "first 1", LOG_ERROR);
    expect_line(&cursor, "second line", LOG_INFO);
    expect_end(&cursor);
    klog(LOG_WARN, "third");
    expect_line(&cursor, "third", LOG_WARN);
    expect_end(&cursor);
    free(ring);
}

static void lines_above_the_level_are_dropped_and_not_told(void **state)
{
    uint8_t *ring = begin(64);
    uint32_t cursor = 0;

    (void)state;
    notified = 0;
    klog_on_line(on_line);
    klog(LOG_DEBUG, "detail");
    assert_int_equal(notified, 0);
    klog(LOG_INFO, "kept");
    assert_int_equal(notified, 1);
    expect_line(&cursor, "kept", LOG_INFO);
    expect_end(&cursor);
    klog_on_line(NULL);
    free(ring);
}

static void a_cursor_from_the_end_sees_only_what_follows(void **state)
{
    uint8_t *ring = begin(64);

    (void)state;
    klog(LOG_INFO, "before");
    uint32_t cursor = klog_end();
    expect_end(&cursor);
    klog(LOG_INFO, "after");
    expect_line(&cursor, "after", LOG_INFO);
    free(ring);
}

static void an_overtaken_cursor_goes_on_at_the_oldest_line(void **state)
{
    uint8_t *ring = begin(32);
    uint32_t cursor = 0;

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        klog(LOG_INFO, "line %02u", i); /* 9 bytes each: three fit */
    expect_line(&cursor, "line 97", LOG_INFO);
    expect_line(&cursor, "line 98", LOG_INFO);
    expect_line(&cursor, "line 99", LOG_INFO);
    expect_end(&cursor);
    free(ring);
}

static void a_short_buffer_cuts_the_line_and_the_cursor_goes_on(void **state)
{
    uint8_t *ring = begin(64);
    uint32_t cursor = 0;
    char line[4];
    enum log_level level;

    (void)state;
    klog(LOG_INFO, "abcdef");
    klog(LOG_INFO, "next");
    assert_int_equal(klog_read(&cursor, line, sizeof line, &level), 3);
    assert_string_equal(line, "abc");
    expect_line(&cursor, "next", LOG_INFO);
    cursor = 0;
    assert_int_equal(klog_read(&cursor, line, 0, &level), 0);
    free(ring);
}

static void a_line_is_cut_at_255_or_at_the_ring(void **state)
{
    uint8_t *ring = begin(1024);
    uint32_t cursor = 0;
    char want[300];

    (void)state;
    memset(want, ' ', sizeof want);
    want[255] = '\0';
    klog(LOG_INFO, "%300s", "");
    expect_line(&cursor, want, LOG_INFO);
    free(ring);

    ring = begin(16);
    cursor = 0;
    klog(LOG_INFO, "old");
    klog(LOG_INFO, "0123456789abcdefgh");
    expect_line(&cursor, "0123456789abcd", LOG_INFO);
    expect_end(&cursor);
    free(ring);
}

/* Write lines of known text and of every length; after each, what can be read
 * is a whole tail of what was written. */
static void any_ring_holds_a_tail_of_whole_lines(void **state)
{
    static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";

    (void)state;
    for (size_t size = 8; size <= 200; size = size * 3 / 2) {
        uint8_t *ring = begin(size);
        uint32_t power = 8;
        while (power * 2 <= size)
            power *= 2;
        for (uint32_t i = 0; i < 500; i++) {
            klog(LOG_INFO, "%.*s", (int)(i * 7 % 37), text);

            uint32_t cursor = 0, bytes = 0, lines = 0;
            char line[64];
            enum log_level level;
            int length;
            uint32_t lengths[128];
            while ((length = klog_read(&cursor, line, sizeof line, &level)) >=
                   0) {
                assert_memory_equal(line, text, (size_t)length);
                bytes += (uint32_t)length + 2;
                lengths[lines++] = (uint32_t)length;
            }
            assert_true(bytes <= power);
            for (uint32_t k = 0; k < lines; k++) {
                uint32_t want = (i - (lines - 1 - k)) * 7 % 37;
                if (want > power - 2)
                    want = power - 2;
                assert_int_equal(lengths[k], want);
            }
            assert_true(lines >= 1);
            /* No line was dropped that had still fitted. */
            if (lines <= i) {
                uint32_t dropped = (i - lines) * 7 % 37;
                if (dropped > power - 2)
                    dropped = power - 2;
                assert_true(bytes + dropped + 2 > power);
            }
        }
        free(ring);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_kept_before_there_is_a_ring),
        cmocka_unit_test(lines_come_back_in_order_with_their_level),
        cmocka_unit_test(lines_above_the_level_are_dropped_and_not_told),
        cmocka_unit_test(a_cursor_from_the_end_sees_only_what_follows),
        cmocka_unit_test(an_overtaken_cursor_goes_on_at_the_oldest_line),
        cmocka_unit_test(a_short_buffer_cuts_the_line_and_the_cursor_goes_on),
        cmocka_unit_test(a_line_is_cut_at_255_or_at_the_ring),
        cmocka_unit_test(any_ring_holds_a_tail_of_whole_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

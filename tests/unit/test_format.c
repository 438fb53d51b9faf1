/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's format() against the host's snprintf.
 * SOURCES: kernel/format.c */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kernel/format.h>

#define CAP 64u

/* Both, into buffers of every size up to that of the text, and beyond. */
static void check_va(const char *fmt, va_list args)
{
    for (size_t cap = 0; cap <= CAP; cap++) {
        char want[CAP + 1], got[CAP + 1];
        va_list again;
        memset(want, '#', sizeof want);
        memset(got, '#', sizeof got);
        va_copy(again, args);
        int length = vsnprintf(want, cap, fmt, again);
        va_end(again);
        va_copy(again, args);
        assert_int_equal(format_va(got, cap, fmt, again), length);
        va_end(again);
        assert_memory_equal(got, want, sizeof want);
    }
}

static void PRINTF_LIKE(1, 2) check(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    check_va(fmt, args);
    va_end(args);
}

/* For formats that the compiler would rightly warn of. */
static void check_odd(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    check_va(fmt, args);
    va_end(args);
}

static size_t format_odd(char *to, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    size_t length = format_va(to, CAP, fmt, args);
    va_end(args);
    return length;
}

static void plain_text_passes(void **state)
{
    (void)state;
    check_odd("");
    check("kernel");
    check("100%%, %%s");
}

static void numbers_are_as_in_printf(void **state)
{
    static const unsigned values[] = { 0, 1, 9, 10, 12345, UINT_MAX, INT_MAX };
    static const char *const formats[] = {
        "%u",   "%x",  "%X",   "[%5u]", "[%-5u]", "[%05u]",  "[%08x]",
        "%12u", "%1u", "%02X", "%-12x", "%012u",  "[%-08x]",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(values); i++)
        for (size_t k = 0; k < ARRAY_COUNT(formats); k++)
            check_odd(formats[k], values[i]);
}

static void texts_are_as_in_printf(void **state)
{
    static const char *const formats[] = { "%s",     "[%8s]", "[%-8s]",
                                           "[%.2s]", "%.0s",  "[%5.1s]",
                                           "%.s",    "%1s",   "[%-6.3s]" };
    static const char *const texts[] = { "", "a", "berth", "a longer text" };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        for (size_t k = 0; k < ARRAY_COUNT(formats); k++)
            check_odd(formats[k], texts[i]);
}

static void a_precision_may_be_an_argument(void **state)
{
    (void)state;
    check("[%.*s]", 3, "abcdef");
    check("[%-6.*s]", 2, "abcdef");
    check("[%.*s]", 0, "abcdef");
    check("[%.*s]", -1, "abcdef");
}

static void text_within_its_precision_needs_no_end(void **state)
{
    static const char unterminated[3] = { 'a', 'b', 'c' };
    char out[8];

    (void)state;
    assert_int_equal(format(out, sizeof out, "%.3s", unterminated), 3);
    assert_string_equal(out, "abc");
}

static void several_arguments_keep_their_order(void **state)
{
    (void)state;
    check("%s: %u of %X at 0x%08x%s", "app", 3u, 0xABu, 0x80001234u, "!");
}

static void unknown_conversions_are_shown_and_take_nothing(void **state)
{
    static const char *const odd[] = { "%q", "%d", "%c",  "%",
                                       "%5", "%-", "a%.", "%-08.2k" };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(odd); i++) {
        char out[CAP];
        assert_int_equal(format_odd(out, odd[i]), strlen(odd[i]));
        assert_string_equal(out, odd[i]);
    }
}

struct counter {
    struct format_sink sink;
    size_t count;
};

static void count_up(struct format_sink *self, char c)
{
    struct counter *counter = CONTAINER_OF(self, struct counter, sink);

    counter->count += c == 'x';
}

static void PRINTF_LIKE(2, 3)
    put_to(struct format_sink *sink, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    format_to(sink, fmt, args);
    va_end(args);
}

static void a_sink_gets_every_character(void **state)
{
    struct counter counter = { { count_up }, 0 };

    (void)state;
    put_to(&counter.sink, "x%sx%s", "xyx", "x");
    assert_int_equal(counter.count, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_passes),
        cmocka_unit_test(numbers_are_as_in_printf),
        cmocka_unit_test(texts_are_as_in_printf),
        cmocka_unit_test(a_precision_may_be_an_argument),
        cmocka_unit_test(text_within_its_precision_needs_no_end),
        cmocka_unit_test(several_arguments_keep_their_order),
        cmocka_unit_test(unknown_conversions_are_shown_and_take_nothing),
        cmocka_unit_test(a_sink_gets_every_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* printf-like formatting in a few hundred bytes. */
#include <kernel/format.h>

#include <stdbool.h>
#include <stdint.h>

/* One conversion: what stands between % and the letter. */
struct field {
    uint32_t width;
    uint32_t precision; /* most characters of a %s */
    bool is_left;
    bool is_zero_padded;
};

static void pad(struct format_sink *sink, char c, uint32_t width, uint32_t used)
{
    for (; used < width; used++)
        sink->put(sink, c);
}

/* `len` characters of text, after the sign if it is not NUL. */
static void put_field(struct format_sink *sink, const struct field *field,
                      char sign, const char *text, uint32_t len)
{
    uint32_t used = len + (sign != '\0');
    bool is_zero_padded = field->is_zero_padded && !field->is_left;

    if (!field->is_left && !is_zero_padded)
        pad(sink, ' ', field->width, used);
    if (sign != '\0')
        sink->put(sink, sign);
    if (is_zero_padded)
        pad(sink, '0', field->width, used);
    for (uint32_t i = 0; i < len; i++)
        sink->put(sink, text[i]);
    if (field->is_left)
        pad(sink, ' ', field->width, used);
}

static void put_text(struct format_sink *sink, struct field *field,
                     const char *text)
{
    uint32_t len = 0;

    while (len < field->precision && text[len] != '\0')
        len++;
    field->is_zero_padded = false;
    put_field(sink, field, '\0', text, len);
}

/* `alpha` is the letter for ten: 'a' or 'A'. */
static void put_number(struct format_sink *sink, const struct field *field,
                       char sign, uint32_t value, uint32_t base, char alpha)
{
    char digits[10]; /* 4294967295 */
    uint32_t at = sizeof digits;

    do {
        uint32_t digit = value % base;
        digits[--at] =
            (char)(digit < 10 ? '0' + digit : (uint32_t)alpha + digit - 10);
        value /= base;
    } while (value != 0);
    put_field(sink, field, sign, digits + at, (uint32_t)sizeof digits - at);
}

static uint32_t parse_number(const char **at)
{
    uint32_t n = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        n = n * 10 + (uint32_t)(**at - '0');
    return n;
}

/* Parse flags, width and precision at *at and leave *at at the letter. A
 * precision given as * is left as UINT32_MAX with *is_starred set. */
static struct field parse_field(const char **at, bool *is_starred)
{
    struct field field = { .precision = UINT32_MAX };

    for (; **at == '-' || **at == '0'; (*at)++) {
        if (**at == '-')
            field.is_left = true;
        else
            field.is_zero_padded = true;
    }
    field.width = parse_number(at);
    *is_starred = false;
    if (**at == '.') {
        (*at)++;
        *is_starred = **at == '*';
        if (*is_starred)
            (*at)++;
        else
            field.precision = parse_number(at);
    }
    return field;
}

void format_to(struct format_sink *sink, const char *fmt, va_list args)
{
    for (; *fmt != '\0'; fmt++) {
        if (*fmt != '%') {
            sink->put(sink, *fmt);
            continue;
        }

        const char *percent = fmt++;
        bool is_starred;
        struct field field = parse_field(&fmt, &is_starred);
        if (is_starred) /* a negative one is none, as in printf */
            field.precision = (uint32_t)va_arg(args, int);

        char c = *fmt;
        if (c == 's') {
            put_text(sink, &field, va_arg(args, const char *));
        } else if (c == 'c') {
            char text = (char)va_arg(args, int);
            field.is_zero_padded = false;
            put_field(sink, &field, '\0', &text, 1);
        } else if (c == 'd') {
            int value = va_arg(args, int);
            put_number(sink, &field, value < 0 ? '-' : '\0',
                       value < 0 ? 0u - (unsigned)value : (unsigned)value, 10,
                       'a');
        } else if (c == 'u') {
            put_number(sink, &field, '\0', va_arg(args, unsigned), 10, 'a');
        } else if (c == 'x' || c == 'X') {
            put_number(sink, &field, '\0', va_arg(args, unsigned), 16,
                       (char)(c - 'x' + 'a'));
        } else if (c == '%') {
            sink->put(sink, '%');
        } else { /* show it, and go on behind the percent sign */
            sink->put(sink, '%');
            fmt = percent;
        }
    }
}

/* A sink that fills a buffer and counts what does not fit as well. */
struct buffer_sink {
    struct format_sink sink;
    char *to;
    size_t cap;
    size_t len;
};

static void buffer_put(struct format_sink *self, char c)
{
    struct buffer_sink *b = CONTAINER_OF(self, struct buffer_sink, sink);

    if (b->len + 1 < b->cap)
        b->to[b->len] = c;
    b->len++;
}

size_t format_va(char *to, size_t cap, const char *fmt, va_list args)
{
    struct buffer_sink b = { { buffer_put }, to, cap, 0 };

    format_to(&b.sink, fmt, args);
    if (cap != 0)
        to[b.len < cap ? b.len : cap - 1] = '\0';
    return b.len;
}

size_t format(char *to, size_t cap, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    size_t len = format_va(to, cap, fmt, args);
    va_end(args);
    return len;
}

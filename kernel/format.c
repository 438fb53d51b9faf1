/* SPDX-License-Identifier: Apache-2.0 */
/* printf-like formatting in a few hundred bytes. */
#include <kernel/format.h>

#include <stdbool.h>
#include <stdint.h>

/* One conversion: what stands between % and the letter. */
struct field {
    uint32_t width;
    uint32_t precision; /* most characters of a %s */
    flag_t is_left;
    flag_t is_zero_padded;
    flag_t is_starred; /* the precision is an argument */
};

static uint32_t parse_number(const char **at)
{
    uint32_t n = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        n = n * 10 + (uint32_t)(**at - '0');
    return n;
}

/* Parse flags, width and precision at `at`; returns where the letter is. */
static const char *parse_field(struct field *field, const char *at)
{
    *field = (struct field){ .precision = UINT32_MAX };
    field->is_left = *at == '-';
    if (field->is_left)
        at++;
    field->is_zero_padded = *at == '0' && !field->is_left;
    field->width = parse_number(&at);
    if (*at == '.') {
        at++;
        field->precision = parse_number(&at);
        field->is_starred = *at == '*';
        if (field->is_starred)
            at++;
    }
    return at;
}

static void put_field(struct format_sink *sink, const struct field *field,
                      const char *text, uint32_t len, char fill)
{
    uint32_t width = field->width < len ? len : field->width;
    uint32_t before = field->is_left ? 0 : width - len;

    for (uint32_t i = 0; i < width; i++)
        sink->put(sink, i - before < len ? text[i - before] : fill);
}

static void put_text(struct format_sink *sink, const struct field *field,
                     const char *text)
{
    uint32_t len = 0;

    while (len < field->precision && text[len] != '\0')
        len++;
    put_field(sink, field, text, len, ' ');
}

/* `letter` is u, x or X. */
static void put_number(struct format_sink *sink, const struct field *field,
                       char letter, uint32_t value)
{
    char digits[10]; /* 4294967295 */
    uint32_t at = sizeof digits;
    uint32_t base = letter == 'u' ? 10 : 16;

    do {
        uint32_t digit = '0' + value % base;
        if (digit > '9') /* on with a or A */
            digit += (uint32_t)letter - ('x' - 'a') - ('9' + 1);
        digits[--at] = (char)digit;
        value /= base;
    } while (value != 0);
    put_field(sink, field, digits + at, (uint32_t)sizeof digits - at,
              field->is_zero_padded ? '0' : ' ');
}

void format_to(struct format_sink *sink, const char *fmt, va_list args)
{
    for (; *fmt != '\0'; fmt++) {
        struct field field;
        const char *letter;

        if (*fmt != '%') {
            sink->put(sink, *fmt);
            continue;
        }
        letter = parse_field(&field, fmt + 1);
        if (*letter == 's') {
            if (field.is_starred) /* a negative one is none, as in printf */
                field.precision = (uint32_t)va_arg(args, int);
            put_text(sink, &field, va_arg(args, const char *));
        } else if (*letter == 'u' || *letter == 'x' || *letter == 'X') {
            put_number(sink, &field, *letter, va_arg(args, unsigned));
        } else {
            sink->put(sink, '%');
            if (*letter != '%') /* show it as it stands */
                continue;
        }
        fmt = letter;
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

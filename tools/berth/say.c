/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to the user. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "berth.h"

static const char *message_prefix = "berth";

void say_prefix(const char *prefix)
{
    message_prefix = prefix;
}

static void say(const char *kind, const char *format, va_list args)
    PRINTF_LIKE(2, 0);

static void say(const char *kind, const char *format, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "%s: %s", message_prefix, kind);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void fail(enum exit_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(code == EXIT_INTERNAL ? "internal error: " : "", format, args);
    va_end(args);
    exit((int)code);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("warning: ", format, args);
    va_end(args);
}

/* The length of the character of UTF-8 at `c` that may be shown; 0: none. Not
 * shown are controls, C1 included, and what turns the direction of writing. */
static size_t shown_len(const unsigned char *c, size_t len)
{
    if (*c < 0x80)
        return *c >= 0x20 && *c != 0x7F;
    size_t n = *c >= 0xC2 && *c < 0xE0   ? 2
               : *c >= 0xE0 && *c < 0xF0 ? 3
               : *c >= 0xF0 && *c < 0xF5 ? 4
                                         : 0;
    if (n == 0 || n > len)
        return 0;
    uint32_t code = *c & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((c[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (c[i] & 0x3Fu);
    }
    static const uint32_t least[] = { 0, 0, 0xA0, 0x800, 0x10000 };
    bool is_bad = code < least[n] || code > 0x10FFFF ||
                  (code >= 0xD800 && code < 0xE000) ||
                  (code >= 0x200E && code <= 0x200F) ||
                  (code >= 0x2028 && code <= 0x202E) ||
                  (code >= 0x2066 && code <= 0x2069) || code == 0xFFFE ||
                  code == 0xFFFF;
    return is_bad ? 0 : n;
}

void text_clean(char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = shown_len((const unsigned char *)text + i, len - i);
        if (n == 0)
            text[i] = '?';
        i += n > 0 ? n : 1;
    }
}

void *keep(void *memory)
{
    if (!memory)
        fail(EXIT_SYSTEM, "out of memory");
    return memory;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to the user. */
#include <stdarg.h>
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

void *keep(void *memory)
{
    if (!memory)
        fail(EXIT_SYSTEM, "out of memory");
    return memory;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "said.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <tools/berth/berth.h>

jmp_buf said_back;
int said_code;
char said[512];

void fail(enum exit_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
    said_code = (int)code;
    longjmp(said_back, 1);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
}

void *keep(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

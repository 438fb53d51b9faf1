/* SPDX-License-Identifier: Apache-2.0 */
/* stdout and stderr: one line-buffered stream to the console, so that the
 * lines of one app stay whole among those of the others. */
#include <berth/console.h>
#include <stdio.h>

/* A longer line leaves in several pieces. */
#define LINE_MAX_BYTES 80

static char line[LINE_MAX_BYTES];
static size_t line_length;

static int line_flush(FILE *stream)
{
    (void)stream;
    size_t length = line_length;
    line_length = 0;
    return length == 0 || berth_console_write(line, length) == OK ? 0 : EOF;
}

static int line_put(char byte, FILE *stream)
{
    line[line_length++] = byte;
    if (byte == '\n' || line_length == sizeof line) {
        return line_flush(stream);
    }
    return 0;
}

static FILE console_out =
    FDEV_SETUP_STREAM(line_put, NULL, line_flush, _FDEV_SETUP_WRITE);

FILE *const stdout = &console_out;
FILE *const stderr = &console_out;

__attribute__((destructor)) static void flush_at_exit(void)
{
    (void)line_flush(stdout);
}

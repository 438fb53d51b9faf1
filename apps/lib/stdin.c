/* SPDX-License-Identifier: Apache-2.0 */
/* stdin: the console, a byte at a time. Line ends of terminals become '\n'. */
#include <berth/console.h>
#include <stdio.h>

static int console_get(FILE *stream)
{
    (void)stream;
    unsigned char byte;
    size_t got;
    (void)fflush(stdout);
    err_t error = berth_console_read(&byte, 1, &got);
    if (got != 1) {
        return error == ERR_CANCEL ? _FDEV_EOF : _FDEV_ERR;
    }
    return byte == '\r' ? '\n' : byte;
}

static FILE console_in =
    FDEV_SETUP_STREAM(NULL, console_get, NULL, _FDEV_SETUP_READ);

FILE *const stdin = &console_in;

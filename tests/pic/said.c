/* SPDX-License-Identifier: Apache-2.0 */
/* stdout and stderr of the programs in corpus/, in place of the library's: what
 * a program says comes out as records that nothing else on the console can be
 * taken for, or can come between, so that it is compared byte by byte:
 *
 *     <name@address:hexadecimal bytes>    the next of them
 *     <name@address.>                     it has come to its end
 *
 * The address tells copies of a program apart. A record is one write, and the
 * console's multiplexer sends a write whole. */
#include <berth/console.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BYTES_MAX 24

static char said[BYTES_MAX];
static size_t said_length;
static char record[sizeof BERTH_APP_NAME + 2 * BYTES_MAX + 16];

static char *hex_put(char *to, uint32_t value, int digits)
{
    while (digits-- > 0)
        *to++ = "0123456789abcdef"[value >> 4 * digits & 15];
    return to;
}

/* The head of a record; where it goes on. */
static char *record_begin(void)
{
    char *to = record;
    *to++ = '<';
    memcpy(to, BERTH_APP_NAME, sizeof BERTH_APP_NAME - 1);
    to += sizeof BERTH_APP_NAME - 1;
    *to++ = '@';
    return hex_put(to, (uint32_t)(uintptr_t)record, 8);
}

static int record_end(char *to)
{
    *to++ = '>';
    *to++ = '\n';
    return berth_console_write(record, (size_t)(to - record)) == OK ? 0 : EOF;
}

static int said_flush(FILE *stream)
{
    (void)stream;
    if (said_length == 0)
        return 0;
    char *to = record_begin();
    *to++ = ':';
    for (size_t i = 0; i < said_length; i++)
        to = hex_put(to, (unsigned char)said[i], 2);
    said_length = 0;
    return record_end(to);
}

static int said_put(char byte, FILE *stream)
{
    said[said_length++] = byte;
    return said_length == sizeof said ? said_flush(stream) : 0;
}

static FILE out =
    FDEV_SETUP_STREAM(said_put, NULL, said_flush, _FDEV_SETUP_WRITE);

FILE *const stdout = &out;
FILE *const stderr = &out;

__attribute__((destructor)) static void end_at_exit(void)
{
    (void)said_flush(stdout);
    char *to = record_begin();
    *to++ = '.';
    (void)record_end(to);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* fgetc and ungetc in place of picolibc's, which swap the pushed-back byte
 * with instructions of the A extension: not every chip has them. An app has
 * one thread of control, and no callback runs between two statements. */
#include <stdio.h>

/* The parentheses keep macros of these names out. */
int(fgetc)(FILE *stream)
{
    if (!(stream->flags & __SRD)) {
        return EOF;
    }
    int byte = (int)stream->unget;
    stream->unget = 0;
    if (byte == 0) {
        byte = stream->get(stream);
    }
    if (byte >= 0) {
        return (unsigned char)byte;
    }
    stream->flags |= byte == _FDEV_ERR ? __SERR : __SEOF;
    return EOF;
}

int(getc)(FILE *stream) __attribute__((alias("fgetc")));

/* A pushed-back byte is kept with bit 8 set, so that none at all is 0. */
int(ungetc)(int byte, FILE *stream)
{
    if (!(stream->flags & __SRD) || byte == EOF || stream->unget != 0) {
        return EOF;
    }
    stream->unget = (__ungetc_t)((unsigned char)byte | 0x100);
    stream->flags = (unsigned char)(stream->flags & ~__SEOF);
    return (unsigned char)byte;
}

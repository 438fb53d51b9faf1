/* SPDX-License-Identifier: Apache-2.0 */
/* Signs apps for system tests.
 *
 *     signer IN.tbf OUT.tbf DISABLED SPOILED [FORMAT KEY.pem] ...
 *
 * FORMAT is a number of enum credential_format; KEY.pem is `-` for a hash. One
 * credential after the other, and all cover the size that the object has then.
 * With DISABLED 1 its header says that it is not to be started. SPOILED is a
 * byte that is changed in the end, from the start or, if negative, from the end
 * of the object; 0: none.
 * SOURCES: tests/fake/signing.c pic/footer.c pic/tbf.c
 * LINK: -lbearssl */
#include <tests/fake/signing.h>

#include <stdio.h>
#include <stdlib.h>

#include <pic/footer.h>

enum { FIRST_FORMAT = 5 };

static uint8_t object[1u << 20];

static uint32_t number(const char *text)
{
    return (uint32_t)strtol(text, NULL, 0);
}

int main(int argc, char **argv)
{
    FILE *in = argc < FIRST_FORMAT ? NULL : fopen(argv[1], "rb");
    if (in == NULL)
        return 2;
    uint32_t size = (uint32_t)fread(object, 1, sizeof object / 2, in),
             at = size;
    fclose(in);
    for (int i = FIRST_FORMAT; i + 1 < argc; i += 2)
        size += 8 + credential_size(number(argv[i]));
    if (number(argv[3]) != 0)
        object[TBF_AT_FLAGS] &= 0xFE;
    signing_size(object, size);
    for (int i = FIRST_FORMAT; i + 1 < argc; i += 2)
        at = signing_put(object, at, number(argv[i]), argv[i + 1]);
    int spoiled = (int)number(argv[4]);
    if (spoiled != 0)
        object[spoiled < 0 ? (int)size + spoiled : spoiled] ^= 0x10;
    FILE *out = fopen(argv[2], "wb");
    if (out == NULL || fwrite(object, 1, size, out) != size || fclose(out) != 0)
        return 1;
    return 0;
}

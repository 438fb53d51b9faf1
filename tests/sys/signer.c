/* SPDX-License-Identifier: Apache-2.0 */
/* Signs apps for system tests.
 *
 *     signer IN.tbf OUT.tbf [FORMAT [KEY.pem]] ...
 *
 * FORMAT is a number of enum credential_format; KEY.pem is `-` for a hash. One
 * credential after the other, and all cover the size that the object has then.
 * SOURCES: tests/fake/signing.c pic/footer.c pic/tbf.c
 * LINK: -lbearssl */
#include <tests/fake/signing.h>

#include <stdio.h>
#include <stdlib.h>

#include <pic/footer.h>

static uint8_t object[1u << 20];

int main(int argc, char **argv)
{
    FILE *in = argc < 3 ? NULL : fopen(argv[1], "rb");
    if (in == NULL)
        return 2;
    uint32_t size = (uint32_t)fread(object, 1, sizeof object / 2, in),
             at = size;
    fclose(in);
    for (int i = 3; i + 1 < argc; i += 2)
        size += 8 + credential_size((uint32_t)strtoul(argv[i], NULL, 0));
    signing_size(object, size);
    for (int i = 3; i + 1 < argc; i += 2)
        at = signing_put(object, at, (uint32_t)strtoul(argv[i], NULL, 0),
                         argv[i + 1]);
    FILE *out = fopen(argv[2], "wb");
    if (out == NULL || fwrite(object, 1, size, out) != size || fclose(out) != 0)
        return 1;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An address that is not aligned, in a packed structure: refused. */
#include <stdio.h>

struct __attribute__((packed)) record {
    char kind;
    const char *name;
};

struct record records[] = { { 1, "one" }, { 2, "two" } };

int main(void)
{
    for (unsigned i = 0; i < 2; i++)
        printf("%d %s\n", records[i].kind, records[i].name);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Structures by value: copies, arguments and results larger than registers. */
#include <stdio.h>

struct matrix {
    int m[6][6];
    const char *name;
    struct matrix (*make)(const struct matrix *);
};

static struct matrix transposed(const struct matrix *from)
{
    struct matrix to = *from;
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 6; k++)
            to.m[i][k] = from->m[k][i];
    to.name = "transposed";
    return to;
}

static struct matrix identity = {
    .m = { { 1, 2, 3 }, { 0, 1, 4 }, { 0, 0, 1 }, [5] = { 9, 8, 7, 6, 5, 4 } },
    .name = "original",
    .make = transposed,
};

static int sum(struct matrix a, struct matrix b)
{
    int total = 0;
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 6; k++)
            total += a.m[i][k] * (i + 1) - b.m[i][k] * (k + 2);
    return total;
}

static struct matrix kept[3];

int main(void)
{
    kept[0] = identity;
    kept[1] = kept[0].make(&kept[0]);
    kept[2] = kept[1].make(&kept[1]);
    for (int i = 0; i < 3; i++)
        printf("%s %d\n", kept[i].name, sum(kept[i], identity));
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of one function each: zero, set, and holding addresses. */
#include <stdio.h>

static int *counter(void)
{
    static int count = 40;
    count++;
    return &count;
}

static const char *turn(void)
{
    static const char *const names[] = { "red", "green", "blue" };
    static const char *const *at = names;
    const char *name = *at;
    at = at == &names[2] ? names : at + 1;
    return name;
}

static int *slot(unsigned n)
{
    static int slots[3];
    static int *last = &slots[1];
    int *before = last;
    last = &slots[n % 3];
    *before += (int)n;
    return before;
}

int main(void)
{
    for (unsigned i = 0; i < 5; i++)
        printf("%d %s %d\n", *counter(), turn(), *slot(i));
    return 0;
}

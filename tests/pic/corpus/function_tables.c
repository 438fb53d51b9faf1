/* SPDX-License-Identifier: Apache-2.0 */
/* Function pointers in const, mutable and nested tables, and back to front. */
#include <stdio.h>

typedef int op_fn(int, int);

static int add(int a, int b)
{
    return a + b;
}
static int sub(int a, int b)
{
    return a - b;
}
static int mul(int a, int b)
{
    return a * b;
}
int global_max(int a, int b);
int global_max(int a, int b)
{
    return a > b ? a : b;
}

struct entry {
    const char *name;
    op_fn *run;
    const struct entry *next;
};

static const struct entry chain[] = {
    { "add", add, &chain[1] },
    { "sub", sub, &chain[2] },
    { "mul", mul, &chain[3] },
    { "max", global_max, NULL },
};
static op_fn *swapped[] = { mul, sub, add };
op_fn *const *const volatile indirect = swapped;

int main(void)
{
    for (const struct entry *e = chain; e; e = e->next)
        printf("%s %d\n", e->name, e->run(21, 4));
    for (unsigned i = 0; i < 3; i++)
        printf("%u %d\n", i, indirect[i](7, 5));
    swapped[0] = global_max;
    printf("%d %d\n", indirect[0](3, 9), swapped[0] == chain[3].run);
    return 0;
}

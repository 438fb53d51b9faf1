/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that become jumps: direct, mutual, and through tables and pointers. */
#include <stdio.h>

static int is_odd(unsigned n);
static unsigned calls;

__attribute__((noinline)) static int is_even(unsigned n)
{
    calls++;
    return n == 0 ? 1 : is_odd(n - 1);
}

__attribute__((noinline)) static int is_odd(unsigned n)
{
    calls++;
    return n == 0 ? 0 : is_even(n - 1);
}

typedef const char *answer_fn(int);

__attribute__((noinline)) static const char *yes(int n)
{
    return n > 1 ? "surely" : "yes";
}

__attribute__((noinline)) static const char *no(int n)
{
    return n > 1 ? "never" : "no";
}

answer_fn *answers[] = { no, yes };

__attribute__((noinline)) static const char *ask(int which, int n)
{
    return answers[which & 1](n);
}

__attribute__((noinline)) static const char *choose(int n)
{
    switch (n) {
    case 0:
        return yes(n);
    case 1:
        return no(n);
    case 2:
        return ask(n, n);
    case 3:
        return ask(n, 0);
    case 4:
        return answers[1](2);
    default:
        return answers[n & 1](n);
    }
}

int main(void)
{
    printf("%d %d %u\n", is_even(20), is_odd(20), calls);
    for (int i = 0; i < 7; i++)
        printf("%s\n", choose(i));
    return 0;
}

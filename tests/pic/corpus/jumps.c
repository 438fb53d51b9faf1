/* SPDX-License-Identifier: Apache-2.0 */
/* setjmp and longjmp across frames, with what must survive. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf outer, inner;
static int depth;
static const char *const reasons[] = { "start", "deep", "deeper" };

static void fall(int n)
{
    depth++;
    if (n == 0)
        longjmp(outer, 2);
    fall(n - 1);
}

static int guarded(void)
{
    volatile int tries = 0;
    int value = setjmp(inner);
    tries = tries + 1;
    if (tries < 4)
        longjmp(inner, value + 10);
    return value;
}

int main(void)
{
    int why = setjmp(outer);
    printf("%s %d\n", reasons[why], depth);
    if (why == 0)
        fall(5);
    printf("%d\n", guarded());
    return 0;
}

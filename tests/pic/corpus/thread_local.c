/* SPDX-License-Identifier: Apache-2.0 */
/* Thread-local variables, set and zero, and addresses of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local int first = 7;
_Thread_local char text[12] = "local";
static _Thread_local int zeros[20];
static _Thread_local const char *name = "a string";
_Thread_local int *volatile pointer;

static int *of_thread(unsigned n)
{
    return &zeros[n % 20];
}

int main(void)
{
    pointer = &first;
    *pointer += 3;
    for (unsigned i = 0; i < 25; i++)
        *of_thread(i) += (int)i;
    text[0] = 'v';
    errno = 0;
    long huge = strtol("99999999999999999999", NULL, 10);
    printf("%d %s %s %d\n", first, text, name, errno == ERANGE);
    printf("%d %d %d %d\n", zeros[0], zeros[4], zeros[19], huge > 0);
    return 0;
}

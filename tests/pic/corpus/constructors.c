/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that run before main, by priority, and what they leave. */
#include <stdio.h>

static char order[8];
static unsigned count;
static const char *message;

__attribute__((constructor(202))) static void second(void)
{
    order[count++] = 'b';
}

__attribute__((constructor(201))) static void first(void)
{
    order[count++] = 'a';
}

__attribute__((constructor)) static void last(void)
{
    order[count++] = 'c';
    message = "constructed";
}

int main(void)
{
    printf("%s %u %s\n", order, count, message);
    return 0;
}

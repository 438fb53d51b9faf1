/* SPDX-License-Identifier: Apache-2.0 */
/* A threaded interpreter: labels as values in a static table. */
#include <stdio.h>

#pragma GCC diagnostic ignored "-Wpedantic"

static int run(const unsigned char *code)
{
    static const void *const places[] = { &&halt, &&push, &&add, &&twice,
                                          &&show };
    int stack[8];
    int top = 0;
next:
    goto *places[*code++];
push:
    stack[top++] = *code++;
    goto next;
add:
    top--;
    stack[top - 1] += stack[top];
    goto next;
twice:
    stack[top] = stack[top - 1];
    top++;
    goto next;
show:
    printf("%d\n", stack[top - 1]);
    goto next;
halt:
    return stack[top - 1];
}

int main(void)
{
    static const unsigned char code[] = { 1, 20, 1, 22, 2, 4, 3, 2, 4, 0 };
    printf("%d\n", run(code));
    return 0;
}

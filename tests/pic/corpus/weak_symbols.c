/* SPDX-License-Identifier: Apache-2.0 */
/* Weak definitions, and weak references to what nobody defines. */
#include <stdio.h>

__attribute__((weak)) int nobody_function(int);
extern __attribute__((weak)) int nobody_variable;
extern __attribute__((weak)) const char nobody_text[];
__attribute__((weak)) int somebody(int x);
int *volatile address = &nobody_variable;
int (*const table[])(int) = { nobody_function, somebody };

__attribute__((weak)) int somebody(int x)
{
    return x + 1;
}

int main(void)
{
    printf("%d %d %d\n", nobody_function == NULL, &nobody_variable == NULL,
           (const char *)nobody_text == NULL);
    printf("%d %d %d\n", address == NULL, table[0] == NULL, table[1](41));
    if (nobody_function)
        printf("%d\n", nobody_function(nobody_variable));
    return 0;
}

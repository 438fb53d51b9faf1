/* SPDX-License-Identifier: Apache-2.0 */
/* qsort and bsearch: the library calls back through pointers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *words[] = { "pear",   "fig",  "apple", "plum",
                               "cherry", "date", "lime",  "kiwi" };
static int numbers[64];
static unsigned comparisons;

static int by_text(const void *a, const void *b)
{
    comparisons++;
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_number(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int main(void)
{
    unsigned seed = 1;
    for (unsigned i = 0; i < 64; i++) {
        seed = seed * 1103515245u + 12345u;
        numbers[i] = (int)(seed >> 16 & 0x3FF) - 512;
    }
    qsort(words, 8, sizeof words[0], by_text);
    qsort(numbers, 64, sizeof numbers[0], by_number);
    for (unsigned i = 0; i < 8; i++)
        printf("%s%c", words[i], i == 7 ? '\n' : ' ');
    for (unsigned i = 0; i < 64; i++)
        printf("%d%c", numbers[i], i % 8 == 7 ? '\n' : ' ');
    const char *key = "lime";
    const char **found = bsearch(&key, words, 8, sizeof words[0], by_text);
    printf("%d %d\n", found ? (int)(found - words) : -1, comparisons > 10);
    return 0;
}

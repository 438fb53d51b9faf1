/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses computed before a switch and used in its cases: an upper part may
 * be shared by them all. */
#include <stdio.h>

static int counters[40];
static const char text[] = "abcdefghijklmnopqrstuvwxyz";
extern int volatile source;
int volatile source = 3;

static int step(int n)
{
    int *c = &counters[n & 7];
    switch (n % 11) {
    case 0:
        counters[0]++;
        return counters[1];
    case 1:
        counters[1] += *c;
        return text[1];
    case 2:
        counters[2] += source;
        return text[counters[2] % 26];
    case 3:
        counters[3] ^= 5;
        return counters[39];
    case 4:
        counters[39] = n;
        return text[25];
    case 5:
        return counters[5]++ + text[n % 26];
    case 6:
        return printf("%c", text[6]) + counters[6]--;
    case 7:
        return *c;
    case 8:
        return counters[8] = text[8];
    default:
        return counters[n % 40]++;
    }
}

int main(void)
{
    int sum = 0;
    for (int i = 0; i < 60; i++)
        sum += step(i);
    printf("\n%d\n", sum);
    for (int i = 0; i < 40; i++)
        printf("%d%c", counters[i], i % 10 == 9 ? '\n' : ' ');
    return 0;
}

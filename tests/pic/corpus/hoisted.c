/* SPDX-License-Identifier: Apache-2.0 */
/* Loops from which compilers take address computations out, and branches that
 * share them. */
#include <stdio.h>

static int data[64];
static const unsigned char bytes[] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8 };
int total;
static int limit = 50;
static const double scale[] = { 0.5, 0.25, 0.125 };

__attribute__((noinline)) static void external(int n)
{
    total += n & limit;
}

__attribute__((noinline)) static int loops(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        data[i & 63] += bytes[i % 12];
        external(data[i & 63]);
        for (int k = 0; k < 3; k++) {
            total += (int)((double)data[(i + k) & 63] * scale[k]);
            sum += total & 15;
        }
    }
    return sum;
}

__attribute__((noinline)) static int branches(int a, int b)
{
    int result;
    if (a > b) {
        total++;
        external(b);
        result = total + bytes[a % 12];
    } else if (a < b) {
        external(a);
        total += limit;
        result = total - bytes[b % 12];
    } else {
        result = a ? total : limit;
    }
    if (result & 1)
        total ^= result;
    return result + total;
}

int main(void)
{
    printf("%d %d\n", loops(100), total);
    for (int i = 0; i < 6; i++)
        printf("%d\n", branches(i, 3));
    return 0;
}

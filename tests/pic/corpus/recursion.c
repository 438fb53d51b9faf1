/* SPDX-License-Identifier: Apache-2.0 */
/* Deep frames, variable arrays and alloca-like sizes: spills around calls. */
#include <stdio.h>

static int memo[32];
static const int weights[] = { 3, 1, 4, 1, 5, 9, 2, 6 };

static int fibonacci(int n)
{
    if (n < 2)
        return n;
    if (memo[n])
        return memo[n];
    int a = fibonacci(n - 1);
    int b = fibonacci(n - 2);
    return memo[n] = a + b;
}

static int weigh(int n, int a, int b, int c, int d, int e, int f, int g, int h)
{
    int local[8] = { a, b, c, d, e, f, g, h };
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += local[i] * weights[(i + n) & 7];
    memo[n & 31] += sum;
    if (n == 0)
        return sum;
    return weigh(n - 1, h, a, b, c, d, e, f, g) + memo[n & 31] - sum +
           weights[n & 7];
}

int main(void)
{
    printf("%d\n", fibonacci(30));
    for (int i = 0; i < 32; i++)
        memo[i] = 0;
    printf("%d\n", weigh(12, 1, 2, 3, 4, 5, 6, 7, 8));
    printf("%d %d\n", memo[0], memo[12]);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Doubles without a floating-point unit: every constant is a pair of words. */
#include <stdio.h>

static double volatile input = 3.0;

static double horner(double x)
{
    double r = 0.000198412698412;
    r = r * x + 0.00138888888889;
    r = r * x + 0.00833333333333;
    r = r * x + 0.0416666666667;
    r = r * x + 0.166666666667;
    r = r * x + 0.5;
    return (r * x + 1.0) * x + 1.0;
}

static long long pick(int n)
{
    static const long long table[] = { 0x123456789ABCDEFLL, -5LL,
                                       0x7FFFFFFFFFFFFFFFLL, 1LL << 40 };
    return table[n & 3] / (n + 3);
}

int main(void)
{
    for (int i = 0; i < 4; i++) {
        double y = horner(input / 4.0 * i);
        printf("%d %d\n", (int)(y * 1000000.0), (int)(y > 2.71828182845));
        printf("%08x\n", (unsigned)(pick(i) >> 8));
    }
    printf("%d\n", (int)(1e6 / (input + 0.3333333333333)));
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The maths library: its coefficients are 8-byte constants, reached in two
 * halves from one upper part. */
#include <math.h>
#include <stdio.h>

static double (*const functions[])(double) = { sin,  cos,   tan,   exp,
                                               log,  sqrt,  atan,  sinh,
                                               cbrt, floor, log10, asin };
static const char *const names[] = { "sin",  "cos",   "tan",   "exp",
                                     "log",  "sqrt",  "atan",  "sinh",
                                     "cbrt", "floor", "log10", "asin" };

int main(void)
{
    for (unsigned i = 0; i < 12; i++) {
        printf("%s", names[i]);
        for (unsigned k = 1; k < 4; k++)
            printf(" %.9f", functions[i](0.25 * k));
        printf("\n");
    }
    printf("%.9f %.9f %.9f\n", pow(2.5, 3.25), hypot(3, 4), atan2(1, -2));
    printf("%.9f %.9f %.9f\n", sin(1e6), tgamma(4.5), erf(0.5));
    return 0;
}

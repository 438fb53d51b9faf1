/* SPDX-License-Identifier: Apache-2.0 */
/* printf, scanf and arithmetic of floats: tables and 8-byte constants of the
 * library. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double values[] = { 0.0,    1.5,           -2.25,
                                 1e-300, 6.02214076e23, 123456789.125 };
static double sum = 1.0 / 3.0;
static float single = 0.1f;

int main(void)
{
    for (unsigned i = 0; i < 6; i++) {
        printf("%g %e %.3f\n", values[i], values[i], fmod(values[i], 1000.0));
        sum += values[i] * (i == 3 ? 1e300 : 1e-3);
    }
    double parsed = strtod("-12.5e-1xyz", NULL);
    float scanned = 0;
    int n = sscanf("2.75", "%f", &scanned);
    single = single * 3.0f + scanned;
    printf("%.6f %.6f %.6f %d\n", sum, parsed, (double)single, n);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Two of these compute side by side. Each notes the counter before and after
 * every gap in its own time; run.py fits the gaps of one to the turns of the
 * other, and what is left over is the switch. */
#include <stdio.h>

#include "measure.h"

#define GAPS 12
#define GAP 10000u /* instructions: longer than what an interrupt takes */

int main(void)
{
    static uint32_t left[GAPS], came[GAPS];
    uint32_t n = 0, last = instret();
    while (n < GAPS) {
        uint32_t now = instret();
        if (now - last > GAP) {
            left[n] = last;
            came[n++] = now;
        }
        last = now;
    }
    for (n = 0; n < GAPS; n++)
        printf("gap %lu %lu\n", (unsigned long)left[n], (unsigned long)came[n]);
    printf("gaps done\n");
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Computes for some 30 ms at a time, then sleeps for 1 ms. */
#include <berth/alarm.h>
#include <stdio.h>

#define BURST 10000000u /* turns of three instructions */

static void compute(void)
{
    for (volatile uint32_t n = BURST / 2; n > 0; n--) {
    }
}

int main(void)
{
    for (unsigned bursts = 1;; bursts++) {
        compute();
        printf("hog: %u bursts\n", bursts);
        (void)berth_sleep_ms(1);
    }
}

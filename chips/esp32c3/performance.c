/* SPDX-License-Identifier: Apache-2.0 */
/* See performance.h. The registers are the vendor's: which events, whether they
 * are counted, how many there were. */
#include <chips/esp32c3/performance.h>

void performance_off(void)
{
    __asm__ volatile("csrw 0x7E1, zero\n\t"
                     "csrw 0x7E0, zero\n\t"
                     "csrw 0x7E2, zero");
}

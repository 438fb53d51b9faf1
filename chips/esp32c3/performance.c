/* SPDX-License-Identifier: Apache-2.0 */
/* See performance.h. The registers are the vendor's: 0x7E0 which events, 0x7E1
 * whether they are counted, 0x7E2 how many there were. */
#include <chips/esp32c3/performance.h>

void performance_start(void)
{
    __asm__ volatile("csrwi 0x7E0, 1\n\t"
                     "csrwi 0x7E1, 1");
}

uint32_t performance_cycles(void)
{
    uint32_t cycles;
    __asm__ volatile("csrr %0, 0x7E2" : "=r"(cycles));
    return cycles;
}

void performance_off(void)
{
    __asm__ volatile("csrwi 0x7E1, 0\n\t"
                     "csrwi 0x7E0, 0\n\t"
                     "csrwi 0x7E2, 0");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: gives all its RAM back, takes it again, and looks into the kernel's
 * EXPECT: break_to_start \(pid \d+\) faulted: (stack overflow: )?read 0x80000800,
 * EXPECT-esp32: break_to_start \(pid \d+\) faulted: (stack overflow: )?read 0x3fc98800,
 * REJECT: break_to_start: survived
 */
#include "attack.h"

int main(void)
{
    /* Without a word before: a buffer that was allowed would hold the break.
     * While there is no RAM, nothing but registers may be used. */
    uint32_t start = memory(MEMOP_RAM_START), end = break_now();
    register uint32_t s2 __asm__("s2") = start;
    register uint32_t s3 __asm__("s3") = end;
    register uint32_t s4 __asm__("s4") = kernel_ram() + 0x800;
    __asm__ volatile("li   a4, 5\n\t" /* memop */
                     "li   a0, 0\n\t" /* break to the start of RAM */
                     "mv   a1, %0\n\t"
                     "ecall\n\t"
                     "li   a0, 0\n\t" /* and back, zeroed */
                     "mv   a1, %1\n\t"
                     "ecall\n\t"
                     "lw   a0, 0(%2)\n\t"
                     :
                     : "r"(s2), "r"(s3), "r"(s4)
                     : "a0", "a1", "a4", "memory");
    return survived();
}

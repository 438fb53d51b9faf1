/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: moves its stack into the kernel's and calls a function
 * EXPECT: (?s)stack_in_kernel: target .*stack_in_kernel \(pid \d+\) faulted: (stack overflow: )?(wrote|read) 0x(800|3fc98)
 * REJECT: stack_in_kernel: survived
 */
#include "attack.h"

int main(void)
{
    uint32_t sp = aim(kernel_ram() + 0x600);
    uint32_t function = (uint32_t)(uintptr_t)survived;
    __asm__ volatile("mv sp, %0\n\tjalr %1"
                     :
                     : "r"(sp), "r"(function)
                     : "ra", "memory");
    return survived();
}

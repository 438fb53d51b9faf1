/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the first word of RAM, which is the kernel's
 * EXPECT: write_kernel_ram: trying
 * EXPECT: (?i)fault.*write_kernel_ram|write_kernel_ram.*fault
 * REJECT: write_kernel_ram: survived
 */
#include <stdint.h>
#include <stdio.h>

int main(void)
{
    printf("write_kernel_ram: trying\n");
    *(volatile uint32_t *)0x80000000u = 0;
    printf("write_kernel_ram: survived\n");
    return 0;
}

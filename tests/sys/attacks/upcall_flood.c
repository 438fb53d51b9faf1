/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has far more events come than its queue holds, again and again
 * EXPECT: upcall_flood: survived: 40 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

uint32_t upcall_runs;
void upcall_bare(uint32_t value0, uint32_t value1, uint32_t value2,
                 void *userdata);

/* An upcall that needs no stack: it has none. */
__asm__(".pushsection .text.upcall_bare, \"ax\", @progbits\n"
        ".balign 4\n"
        ".globl upcall_bare\n"
        "upcall_bare:\n"
        ".option push\n"
        ".option norelax\n"
        "    la   a0, upcall_runs\n"
        "    lw   a1, 0(a0)\n"
        "    addi a1, a1, 1\n"
        "    sw   a1, 0(a0)\n"
        "    ret\n"
        ".option pop\n"
        ".popsection\n");

int main(void)
{
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    syscall_subscribe(DRIVER_CONSOLE, CONSOLE_WRITTEN, upcall_bare, NULL);
    for (uint32_t round = 0; round < 40; round++) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, 0, 0);
            syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
        }
        uint32_t delivered = 0;
        while (delivered < 100 && syscall_yield_no_wait()) {
            delivered++;
        }
        check(delivered <= 9);
    }
    return tell_checks();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: yields with hostile registers and gets an upcall, at once and after sleeping
 * EXPECT: registers_hostile_upcall: survived: 96 right, 0 wrong
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
    for (uint32_t i = 0; i < HOSTILE_VALUES; i++) {
        uint32_t value = hostile_value(i);
        for (uint32_t dt = 0; dt <= 5000; dt += 2500) {
            uint32_t runs = upcall_runs;
            syscall_command(DRIVER_ALARM, ALARM_IN, dt, 0);
            expect_value(HOSTILE_RA_CHANGED, hostile_call(value, SYSCALL_YIELD,
                                                          YIELD_WAIT, 0, 0, 0));
            expect_value(runs + 1, upcall_runs);
        }
    }
    return tell_checks();
}

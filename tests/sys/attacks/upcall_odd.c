/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: subscribes an odd address: a core ignores the lowest bit, QEMU takes it as it is
 * EXPECT: upcall_odd: survived: 2 right, 0 wrong|upcall_odd \(pid \d+\) faulted: 
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
    expect_error(OK, call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, ALARM_FIRED,
                          code_address(upcall_bare) | 1, 0));
    syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
    syscall_yield_wait();
    expect_value(1, upcall_runs);
    return tell_checks();
}

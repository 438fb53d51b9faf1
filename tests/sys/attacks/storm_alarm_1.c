/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: arms an alarm that is due in one tick and sleeps until it has come, for ever
 * EXPECT: storm_alarm_1: survived
 * EXPECT: bystander: \d+ rounds
 * REJECT: bystander: MEMORY
 * APPS: witness bystander
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
    say("begins");
    syscall_subscribe(DRIVER_ALARM, ALARM_FIRED, upcall_bare, NULL);
    for (uint32_t end = storm_end(); storm_goes_on(end);) {
        for (uint32_t i = 0; i < 50; i++) {
            syscall_command(DRIVER_ALARM, ALARM_IN, 1, 0);
            syscall_yield_wait();
        }
    }
    return survived();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: makes calls of every class with sp, gp, tp and all other registers hostile
 * FIXED: with every register lost, gp too, only an address finds its RAM again
 * EXPECT: registers_hostile_calls: survived: 224 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

/* Success of every kind, and failures. No upcall is due. */
static const struct attempt {
    uint32_t class, arg0, arg1, variant;
} calls[] = {
    { SYSCALL_COMMAND, DRIVER_ALARM, 0, SYSRET_SUCCESS },
    { SYSCALL_COMMAND, 0xFFFFFFFFu, 0, SYSRET_FAILURE },
    { SYSCALL_SUBSCRIBE, DRIVER_ALARM, 0, SYSRET_SUCCESS_2U32 },
    { SYSCALL_ALLOW_RW, DRIVER_CONSOLE, 1, SYSRET_SUCCESS_2U32 },
    { SYSCALL_ALLOW_RO, DRIVER_CONSOLE, 9, SYSRET_FAILURE_2U32 },
    { SYSCALL_MEMOP, MEMOP_SBRK, 0, SYSRET_SUCCESS_U32 },
    { SYSCALL_YIELD, YIELD_NO_WAIT, 0, YIELD_NO_WAIT },
};

int main(void)
{
    for (uint32_t i = 0; i < HOSTILE_VALUES; i++) {
        uint32_t value = hostile_value(i);
        for (uint32_t n = 0; n < COUNT_OF(calls); n++) {
            const struct attempt *c = &calls[n];
            expect_value(0,
                         hostile_call(value, c->class, c->arg0, c->arg1, 0, 0));
            expect_value(c->variant, hostile_results[0]);
        }
    }
    return tell_checks();
}

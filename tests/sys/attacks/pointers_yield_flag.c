/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: has yield write its answer where it may not
 * EXPECT: pointers_yield_flag: survived: 37 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t ram = memory(MEMOP_RAM_START), end = break_now();
    const uint32_t flags[] = {
        ram - 1,
        end,
        memory(MEMOP_GRANT_START),
        memory(MEMOP_RAM_END) - 1,
        memory(MEMOP_FLASH_START),
        (uint32_t)(uintptr_t)main,
    };
    for (uint32_t n = 0; n < HOSTILE_VALUES; n++) {
        call(SYSCALL_YIELD, YIELD_NO_WAIT, hostile_value(n), 0, 0);
        check(1);
    }
    for (uint32_t n = 0; n < COUNT_OF(flags); n++) {
        for (uint32_t due = 0; due < 3; due++) {
            if (due != 0) {
                syscall_command(DRIVER_ALARM, ALARM_IN, 0, 0);
            }
            syscall_yield_running_upcall(YIELD_NO_WAIT, flags[n]);
            check(1);
        }
    }
    /* The very last byte that is its own is written, no other. */
    store8(end - 1, 0xAA);
    store8(end - 2, 0xAA);
    syscall_yield_running_upcall(YIELD_NO_WAIT, end - 1);
    expect_value(0, load8(end - 1));
    expect_value(0xAA, load8(end - 2));
    expect_value(ram, memory(MEMOP_RAM_START));
    return tell_checks();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: faults in the middle of a write without a newline
 * EXPECT: console_fault_in_write \(pid \d+\) faulted: read 0x00000000, a null pointer
 * REJECT: console_fault_in_write: survived
 */
#include "attack.h"

static const char text[] =
    "console_fault_in_write: a line of some sixty bytes without an end";

int main(void)
{
    syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, text, sizeof text - 1);
    syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, sizeof text - 1, 0);
    load32(0);
    return survived();
}

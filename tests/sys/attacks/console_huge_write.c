/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes 24 KiB in one unit, at one phase of the witness' period after the other
 * EXPECT: console_huge_write: survived: (33|5) right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

extern const char text[], text_end[];

/* Lines of 64 bytes. */
__asm__(".pushsection .rodata.text, \"a\", @progbits\n"
        ".globl text\n"
        "text:\n"
        ".rept 384\n"
        ".fill 63, 1, 0x2e\n"
        ".byte 10\n"
        ".endr\n"
        ".globl text_end\n"
        "text_end:\n"
        ".popsection\n");

int main(void)
{
    uint32_t length = address_of(text_end) - address_of(text);
    uint32_t step = ticks_of_ms(10) + ticks_of_ms(3) / 10;
    uint32_t count = 33;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t begin = ticks();
        sleep_ticks(step);
        syscall_allow_ro(DRIVER_CONSOLE, CONSOLE_TEXT, text, length);
        syscall_command(DRIVER_CONSOLE, CONSOLE_WRITE, length, 0);
        struct event e =
            syscall_yield_wait_for(DRIVER_CONSOLE, CONSOLE_WRITTEN);
        expect_value(length, e.value[0]);
        /* A real line takes 2 s for each, through all phases. */
        if (ticks() - begin > ticks_of_ms(1000)) {
            count = 5;
        }
    }
    return tell_checks();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: moves its break below its RAM, and round the end of the address space
 * EXPECT: break_below_start: survived: 16 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t start = memory(MEMOP_RAM_START), end = break_now();
    uint32_t top = memory(MEMOP_GRANT_START);
    const uint32_t places[] = { start - 1,
                                start - 4,
                                0,
                                1,
                                0xFFFFFFFFu,
                                0xFFFFFFFCu,
                                kernel_ram(),
                                other_ram(),
                                memory(MEMOP_RAM_END) + 4,
                                top + 1,
                                top + 4,
                                memory(MEMOP_RAM_END) + 1 };
    uint32_t errors[COUNT_OF(places)];
    for (uint32_t i = 0; i < COUNT_OF(places); i++) {
        errors[i] = break_set(places[i]);
    }
    struct sysret by[3] = { syscall_memop(MEMOP_SBRK, 0x80000000u),
                            syscall_memop(MEMOP_SBRK, start - end - 1),
                            syscall_memop(MEMOP_SBRK, 0x7FFFFFFFu) };
    for (uint32_t i = 0; i < COUNT_OF(places); i++) {
        expect_value(ERR_NOMEM, errors[i]);
    }
    for (uint32_t i = 0; i < COUNT_OF(by); i++) {
        expect_error(ERR_NOMEM, by[i]);
    }
    expect_value(end, break_now());
    return tell_checks();
}

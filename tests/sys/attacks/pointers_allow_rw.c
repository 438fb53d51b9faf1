/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: allows memory that is not its own for writing
 * EXPECT: pointers_allow_rw: survived: 132 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

#define RANGES_END 0xDEADBEEFu

/* Ranges that are not, or not wholly, RAM of the app up to its break. */
static uint32_t bad_range(uint32_t i, uint32_t *length)
{
    uint32_t ram = memory(MEMOP_RAM_START), end = break_now();
    uint32_t flash = memory(MEMOP_FLASH_START);
    const uint32_t ranges[][2] = {
        { 0, 1 },
        { 0, 0xFFFFFFFFu },
        { 1, 0xFFFFFFFFu },
        { ram - 1, 1 },
        { ram - 1, 2 },
        { ram - 4, 8 },
        { ram, end - ram + 1 },
        { ram, 0x80000000u },
        { ram, 0xFFFFFFFFu },
        { ram + 4, 0u - 4 },
        { end, 1 },
        { end - 1, 2 },
        { end - 4, 0xFFFFFFFFu },
        { memory(MEMOP_GRANT_START), 4 },
        { memory(MEMOP_RAM_END) - 4, 4 },
        { memory(MEMOP_RAM_END) - 4, 8 },
        { kernel_ram(), 4 },
        { kernel_ram() + 0x800, 1 },
        { kernel_flash(), 4 },
        { uart(), 1 },
        { clock_count(), 8 },
        { interrupt_controller(), 4 },
        { other_ram(), 4 },
        { other_ram(), 0x10000 },
        { other_flash() + 0x80, 4 },
        { flash, 4 },
        { own_binary() - 1, 2 },
        { memory(MEMOP_FLASH_END) - 1, 2 },
        { memory(MEMOP_FLASH_END), 1 },
        { 0xFFFFFFFFu, 1 },
        { 0xFFFFFFFFu, 2 },
        { 0xFFFFFFFEu, 0xFFFFFFFFu },
        { 0x7FFFFFFFu, 0x80000001u },
    };
    *length = ranges[i % COUNT_OF(ranges)][1];
    return i < COUNT_OF(ranges) ? ranges[i][0] : RANGES_END;
}

int main(void)
{
    uint32_t base, length;
    for (uint32_t i = 0; (base = bad_range(i, &length)) != RANGES_END; i++) {
        struct sysret r =
            call(SYSCALL_ALLOW_RW, DRIVER_CONSOLE, 1, base, length);
        expect_error(ERR_INVAL, r);
        expect_value(SYSRET_FAILURE_2U32, r.variant);
        expect_value(base, r.value[1]); /* back comes what was passed */
        expect_value(length, r.value[2]);
    }
    return tell_checks();
}

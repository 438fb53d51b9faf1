/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: subscribes functions that are not its own
 * EXPECT: pointers_subscribe: survived: 63 right, 0 wrong
 * REJECT: WRONG
 */
#include "attack.h"

int main(void)
{
    uint32_t ram = memory(MEMOP_RAM_START), flash = memory(MEMOP_FLASH_START);
    const uint32_t functions[] = {
        1,
        2,
        ram - 4,
        ram - 1,
        break_now(),
        break_now() - 3,
        memory(MEMOP_GRANT_START),
        memory(MEMOP_RAM_END) - 4,
        kernel_ram(),
        kernel_ram() + 0x801,
        kernel_flash(),
        uart(),
        clock_compare(),
        other_ram(),
        other_flash() + 0x80,
        flash,
        own_binary() - 1,
        memory(MEMOP_FLASH_END),
        memory(MEMOP_FLASH_END) - 3,
        0xFFFFFFFFu,
        0xFFFFFFFCu,
    };
    for (uint32_t i = 0; i < COUNT_OF(functions); i++) {
        struct sysret r =
            call(SYSCALL_SUBSCRIBE, DRIVER_ALARM, ALARM_FIRED, functions[i], i);
        expect_error(ERR_INVAL, r);
        expect_value(functions[i], r.value[1]);
        expect_value(i, r.value[2]);
    }
    return tell_checks();
}

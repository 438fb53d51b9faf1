/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: unlocks the watchdog of the RTC
 * EXPECT: (?s)c3_write_watchdog: target (0x[0-9a-f]{8})\s.*c3_write_watchdog \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_write_watchdog: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x600080A8u), 0x50D83AA1u);
    return survived();
}

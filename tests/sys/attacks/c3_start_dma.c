/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: starts a transfer that no wall stops
 * EXPECT: (?s)c3_start_dma: target (0x[0-9a-f]{8})\s.*c3_start_dma \(pid \d+\) faulted: wrote \1,
 * REJECT: c3_start_dma: survived
 * BOARDS: esp32
 */
#include "attack.h"

int main(void)
{
    store32(aim(0x6003F000u), 1);
    return survived();
}

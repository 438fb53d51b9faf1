/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: gives a command to the flash
 * EXPECT: (?s)write_flash_control: target (0x[0-9a-f]{8})\s.*write_flash_control \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_flash_control: survived
 */
#include "attack.h"

int main(void)
{
    store32(aim(flash_control()), 0xA5A5A5A5u);
    return survived();
}

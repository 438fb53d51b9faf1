/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: writes the last byte of the address space
 * EXPECT: (?s)write_last_byte: target (0x[0-9a-f]{8})\s.*write_last_byte \(pid \d+\) faulted: wrote \1, (memory that is not its own|\d+ bytes? (below its stack|beyond its RAM|below its flash|beyond its flash))
 * REJECT: write_last_byte: survived
 */
#include "attack.h"

int main(void)
{
    store8(aim(0xFFFFFFFFu), 0xA5A5A5A5u);
    return survived();
}

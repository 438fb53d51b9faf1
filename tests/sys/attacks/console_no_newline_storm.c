/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: prints as fast as it can without ending its line
 * EXPECT: console_no_newline_storm: survived
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t i = 0; i < 3000; i++) {
        write_text("bbbbbbbbbbbbbbbb", 16);
    }
    write_text("\n", 1);
    return survived();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: prints without ever ending its line
 * EXPECT: console_no_newline: begins
 * EXPECT: aaaa and fifty of them
 * REJECT: console_no_newline: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (uint32_t i = 0;; i++) {
        write_text("aaaaaaaaaaaaaaaa", 16);
        if (i == 50) {
            write_text(" and fifty of them", 18);
        }
        sleep_ticks(ticks_of_us(1000));
    }
}

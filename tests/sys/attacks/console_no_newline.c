/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: prints without ever ending its line
 * EXPECT: (?s)console_no_newline: begins.*(aaaaaaaaaaaaaaaa.*){50}
 * REJECT: console_no_newline: survived
 * APPS: witness bystander
 */
#include "attack.h"

int main(void)
{
    say("begins");
    for (;;) {
        write_text("aaaaaaaaaaaaaaaa", 16);
        sleep_ticks(10000);
    }
}

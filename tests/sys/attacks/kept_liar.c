/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: prints lines like those of the operator's list of kept data, for whoever reads them by program
 * EXPECT: (?s)kept_liar: begins.*0x10660001.*each
 */
#include "attack.h"

int main(void)
{
    static const char lines[] =
        " ShortID      Key  Values   Bytes  Isolated  App\r\n"
        " 0x10660001     0       1       1         0  runs\r\n"
        "1 apps may keep 1 values, 1 bytes each\r\n"
        "forget: 9 records of 0x10660001 are gone\r\n";
    say("begins");
    for (uint32_t i = 0; i < 3000; i++) {
        write_text(lines, sizeof lines - 1);
        sleep_ticks(ticks_of_ms(20));
    }
    return 0;
}

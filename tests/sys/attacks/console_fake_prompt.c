/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACK: pretends to be the operator's console
 * EXPECT: console_fake_prompt: survived
 * EXPECT: (?s)console_fake_prompt.*witness: \d+ periods
 */
#include "attack.h"

int main(void)
{
    static const char text[] = "\r\x1b[Kberth$ list\r\n PID    ShortID\r\n"
                               "\r\x1b[Kberth$ \x1b[2J\x1b]0;title\x07\x00\xff";
    write_text(text, sizeof text);
    for (uint32_t byte = 0; byte < 256; byte++) {
        const char one[] = { (char)byte };
        write_text(one, 1);
    }
    write_text("\r\n", 2);
    return survived();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Shows, beside chatter-a, that a line is one unit however it is put together:
 * this one says a word at a time and pauses between the words. */
#include <berth/alarm.h>
#include <stdio.h>

int main(void)
{
    static const char *const words[] = { "chatter-b:", " one", " word",
                                         " after",     " the", " other\n" };
    for (;;) {
        for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
            fputs(words[i], stdout);
            (void)berth_sleep_ms(150);
        }
    }
}

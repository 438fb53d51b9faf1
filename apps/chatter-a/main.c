/* SPDX-License-Identifier: Apache-2.0 */
/* Shows, beside chatter-b, that the lines of two apps that talk at the same
 * time stay whole: this one says a line at a time. */
#include <berth/alarm.h>
#include <stdio.h>

int main(void)
{
    for (unsigned line = 1;; line++) {
        printf("chatter-a: line %u, said in one breath\n", line);
        (void)berth_sleep_ms(700);
    }
}

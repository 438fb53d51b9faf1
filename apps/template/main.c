/* SPDX-License-Identifier: Apache-2.0 */
/* Shows where a new app begins: it prints, and then keeps time for ever. */
#include <berth/alarm.h>
#include <stdio.h>

int main(void)
{
    printf("%s %d is here\n", BERTH_APP_NAME, BERTH_APP_VERSION);
    for (unsigned seconds = 0;; seconds += 10) {
        printf("%s: %u seconds\n", BERTH_APP_NAME, seconds);
        (void)berth_sleep_ms(10000);
    }
}

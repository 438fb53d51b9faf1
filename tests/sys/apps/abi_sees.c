/* SPDX-License-Identifier: Apache-2.0 */
/* Says how many processes it is shown, and what comes of giving an order. */
#include <berth/process.h>
#include <stdio.h>

int main(void)
{
    uint32_t count = 0, ids[4] = { 0 };
    (void)berth_process_ids(ids, 4, &count);
    err_t mine = berth_process_order(ids[0], BERTH_PROCESS_STOP);
    err_t other =
        count > 1 ? berth_process_order(ids[1], BERTH_PROCESS_STOP) : OK;
    printf("%s: sees %lu, orders answer %d and %d\n", BERTH_APP_NAME,
           (unsigned long)count, (int)mine, (int)other);
    return 0;
}

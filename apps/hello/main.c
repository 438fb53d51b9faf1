/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the smallest useful app: print a line, return from main, be over. */
#include <stdio.h>

int main(void)
{
    printf("Hello from %s %d!\n", BERTH_APP_NAME, BERTH_APP_VERSION);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Never yields again. */
#include <stdio.h>

int main(void)
{
    printf("spin: begins\n");
    for (;;) {
    }
}

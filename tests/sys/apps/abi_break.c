/* SPDX-License-Identifier: Apache-2.0 */
/* Moves its break up and down for ever, and watches the start of its RAM, which
 * its stack never reaches. */
#include <berth/memory.h>
#include <stdio.h>

#define MARK 0x12345678u

int main(void)
{
    volatile uint32_t *start = berth_memory_ram_start();
    void *before;
    *start = MARK;
    printf("abi_break: moves\n");
    for (;;) {
        (void)berth_memory_grow(64, &before);
        (void)berth_memory_grow(-64, &before);
        if (*start != MARK) {
            printf("abi_break: RAM start has changed\n");
            *start = MARK;
        }
    }
}

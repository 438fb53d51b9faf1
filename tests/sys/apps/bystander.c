/* SPDX-License-Identifier: Apache-2.0 */
/* Computes without ever yielding: every tick of its time has to be taken from
 * it. Checks its own memory and says so when it was changed by another. */
#include <stdint.h>
#include <stdio.h>

#define WORDS 16u
#define ROUNDS_PER_REPORT 100000u

static volatile uint32_t mine[WORDS];

static uint32_t pattern(uint32_t round, uint32_t i)
{
    return round * 2654435761u + i;
}

int main(void)
{
    for (uint32_t round = 1;; round++) {
        for (uint32_t i = 0; i < WORDS; i++) {
            mine[i] = pattern(round, i);
        }
        for (uint32_t i = 0; i < WORDS; i++) {
            if (mine[i] != pattern(round, i)) {
                printf("bystander: MEMORY CHANGED at %p\n",
                       (void *)(uintptr_t)&mine[i]);
                return 1;
            }
        }
        if (round % ROUNDS_PER_REPORT == 0) {
            printf("bystander: %lu rounds\n", (unsigned long)round);
        }
    }
}

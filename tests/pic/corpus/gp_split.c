/* SPDX-License-Identifier: Apache-2.0 */
/* Tables on both sides of what gp reaches in one instruction, and across the
 * edges of its windows. */
#include <stdio.h>
#include <string.h>

#define WORDS 900

static int low[WORDS] = { 1, [WORDS - 1] = 2 };
int middle[WORDS] = { 3, [WORDS - 1] = 4 };
static short high[2 * WORDS] = { 5, [2 * WORDS - 1] = 6 };
long long wide[WORDS / 2] = { 7, [WORDS / 2 - 1] = 0x800000009LL };
static int *const edges[] = { &low[511],    &low[512],    &middle[123],
                              &middle[124], &middle[125], middle + WORDS };

static unsigned sum(void)
{
    unsigned total = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        low[i] += (int)i;
        middle[i] ^= low[i];
        high[2 * i] = (short)(high[2 * i] + middle[i]);
        total += (unsigned)high[2 * i] + (unsigned)low[i];
    }
    return total;
}

int main(void)
{
    unsigned total = sum();
    printf("%u %d %d\n", total, low[WORDS - 1], middle[WORDS - 1]);
    for (unsigned i = 0; i < 5; i++)
        printf("%d ", *edges[i]);
    printf("%d\n", (int)(edges[5] - middle));
    wide[3] += wide[WORDS / 2 - 1];
    printf("%08x %08x\n", (unsigned)(wide[3] >> 32), (unsigned)wide[3]);
    memset(middle, 0x55, sizeof middle);
    printf("%x %d %d\n", (unsigned)middle[7], high[1], high[2 * WORDS - 1]);
    return 0;
}

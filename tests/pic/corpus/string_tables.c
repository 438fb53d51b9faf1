/* SPDX-License-Identifier: Apache-2.0 */
/* Const tables of strings, in one, two and three dimensions. */
#include <stdio.h>
#include <string.h>

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri" };
const char *const plural[][2] = { { "mouse", "mice" }, { "ox", "oxen" } };
const char *volatile chosen = "none";
static const char *const *const lists[] = { days, plural[0], plural[1] };
static const char letters[] = "the end of a string is an address too";
const char *const ends[] = { letters, letters + sizeof letters - 1,
                             &letters[sizeof letters] };

int main(void)
{
    for (unsigned i = 0; i < 5; i++)
        printf("%s%c", days[i], i == 4 ? '\n' : ' ');
    for (unsigned i = 0; i < 2; i++)
        printf("%s %s\n", plural[i][0], plural[i][1]);
    for (unsigned i = 0; i < 3; i++)
        printf("%s\n", lists[i][1]);
    chosen = days[3];
    printf("%s %u %u %u\n", chosen, (unsigned)strlen(ends[0]),
           (unsigned)(ends[1] - ends[0]), (unsigned)(ends[2] - ends[0]));
    return 0;
}

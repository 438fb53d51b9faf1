/* SPDX-License-Identifier: Apache-2.0 */
/* A data segment of about 60 KiB. */
#include <stdio.h>

#define COUNT 240

struct item {
    const char *name;
    struct item *next;
    int values[62];
};

static const char *const names[] = { "ant", "bee", "cow" };

/* Every item is initialised: data, not bss. */
#define ITEM(n, to)                                                            \
    {                                                                          \
        "item " #n, &items[to],                                                \
        {                                                                      \
            n, [62 - 1] = n + 1                                                \
        }                                                                      \
    }
static struct item items[COUNT] = {
    ITEM(0, 1),
    ITEM(1, COUNT - 1),
    [2 ... COUNT - 2] = ITEM(2, 0),
    [COUNT - 1] = ITEM(3, 2),
};
int *last_value = &items[COUNT - 1].values[62 - 1];
static struct item *end = items + COUNT;

int main(void)
{
    const struct item *at = items;
    for (unsigned i = 0; i < 5; i++) {
        printf("%s %d %d\n", at->name, at->values[0], at->values[62 - 1]);
        at = at->next;
    }
    unsigned sum = 0;
    for (struct item *i = items; i < end; i++) {
        i->values[1] += (int)(i - items);
        sum = sum * 31 + (unsigned)i->values[1] + (unsigned)i->name[5];
    }
    printf("%u %d %d %s\n", sum, *last_value, (int)(end - items), names[2]);
    return 0;
}

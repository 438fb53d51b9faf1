/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that are made before main, in the order of their definitions. */
#include <stdio.h>

namespace
{

int made;

struct Item {
    const char *name;
    int number;
    const Item *previous;
    static const Item *last;
    explicit Item(const char *n) : name(n), number(++made), previous(last)
    {
        last = this;
    }
};

const Item *Item::last = nullptr;

Item one("one");
Item two("two");
Item three("three");

template <typename T> T clamp(T value, T low, T high)
{
    static int calls;
    printf("call %d: ", ++calls);
    return value < low ? low : value > high ? high : value;
}

} // namespace

int main()
{
    for (const Item *i = Item::last; i; i = i->previous)
        printf("%s %d\n", i->name, i->number);
    printf("%d\n", clamp(12, 0, 10));
    printf("%d\n", clamp(-3, 0, 10));
    printf("%c\n", clamp('x', 'a', 'f'));
    return 0;
}

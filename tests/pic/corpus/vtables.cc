/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual calls: single and multiple inheritance, abstract bases, casts. */
#include <stdio.h>

namespace
{

struct Shape {
    virtual int area() const = 0;
    virtual const char *name() const
    {
        return "shape";
    }
};

struct Named {
    virtual int number() const
    {
        return 1;
    }
};

struct Box : Shape {
    int a, b;
    constexpr Box(int x, int y) : a(x), b(y)
    {
    }
    int area() const override
    {
        return a * b;
    }
};

struct Cube final : Box, Named {
    constexpr explicit Cube(int x) : Box(x, x)
    {
    }
    int area() const override
    {
        return 6 * a * a;
    }
    const char *name() const override
    {
        return "cube";
    }
    int number() const override
    {
        return 2 + a;
    }
};

const Box box(3, 4);
Cube cube(5);
const Shape *const shapes[] = { &box, &cube };
const Named *volatile named = &cube;
int (Shape::*const member)() const = &Shape::area;

} // namespace

int main()
{
    for (const Shape *s : shapes)
        printf("%s %d %d\n", s->name(), s->area(), (s->*member)());
    const Named *n = named;
    printf("%d\n", n->number());
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Switches dense enough for jump tables, nested, in loops, and with gaps. */
#include <stdio.h>

static unsigned state_next(unsigned state, unsigned input)
{
    switch (state) {
    case 0:
        return input + 1;
    case 1:
        return input ^ 5;
    case 2:
        return state * input;
    case 3:
        return 7;
    case 4:
        switch (input) {
        case 10:
            return 0;
        case 11:
            return 3;
        case 12:
            return 8;
        case 13:
            return 2;
        case 14:
            return 6;
        case 15:
            return 1;
        default:
            return 5;
        }
    case 5:
        return 12;
    case 6:
        return 4;
    case 7:
        return 9;
    default:
        return state % 8;
    }
}

static const char *word(int n)
{
    switch (n) {
    case -2:
        return "minus two";
    case -1:
        return "minus one";
    case 0:
        return "zero";
    case 1:
        return "one";
    case 2:
        return "two";
    case 4:
        return "four";
    case 5:
        return "five";
    default:
        return "many";
    }
}

int main(void)
{
    unsigned state = 0;
    for (unsigned i = 0; i < 40; i++) {
        state = state_next(state % 9, 10 + i % 7);
        printf("%u%c", state, i % 10 == 9 ? '\n' : ' ');
    }
    for (int n = -3; n < 8; n++)
        printf("%s\n", word(n));
    return 0;
}

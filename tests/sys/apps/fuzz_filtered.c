/* SPDX-License-Identifier: Apache-2.0 */
/* Random system calls of an app whose header asks for some commands only, has
 * rights over data of another, and names the drivers with power, which no list
 * of the board names it for. */
#include "fuzz.h"

int main(void)
{
    fuzz_run(0xF0222u);
}

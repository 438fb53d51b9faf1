/* SPDX-License-Identifier: Apache-2.0 */
/* Random system calls of an app that may use whatever there is, and has little
 * room for grants. */
#include "fuzz.h"

int main(void)
{
    fuzz_run(0xF0221u);
}

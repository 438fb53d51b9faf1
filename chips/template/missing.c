/* SPDX-License-Identifier: Apache-2.0 */
/* See missing.h. */
#include <chips/template/missing.h>

#include <stdbool.h>

#include <kernel/panic.h>

static volatile bool missing_is_fine;

void missing(const char *what)
{
    if (!missing_is_fine)
        panic(what);
}

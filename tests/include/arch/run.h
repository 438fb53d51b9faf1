/* SPDX-License-Identifier: Apache-2.0 */
/* Entering an app, on the host: a script plays it (tests/fake/machine.h). */
#ifndef ARCH_RUN_H
#define ARCH_RUN_H

#include <stdint.h>

#include <arch/context.h>

extern uint32_t machine_fences; /* how often code was said to be new */

static inline void arch_code_new(void)
{
    machine_fences++;
}

struct trap arch_run(struct context *context);

#endif

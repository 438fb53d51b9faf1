/* SPDX-License-Identifier: Apache-2.0 */
/* Entering an app, on the host: a script plays it (tests/fake/machine.h). */
#ifndef ARCH_RUN_H
#define ARCH_RUN_H

#include <arch/context.h>

struct trap arch_run(struct context *context);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The core's own instructions on the host: recorded (tests/fake/mmio.h). */
#ifndef ARCH_FENCE_H
#define ARCH_FENCE_H

void fence_instructions(void);

#endif

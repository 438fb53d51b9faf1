/* SPDX-License-Identifier: Apache-2.0 */
/* The core's interrupts on the host: remembered (tests/fake/mmio.h). */
#ifndef ARCH_INTERRUPTS_H
#define ARCH_INTERRUPTS_H

#include <stdint.h>

#define INTERRUPTS_TIMER 0x080u
#define INTERRUPTS_EXTERNAL 0x800u

void interrupts_enable(uint32_t which);
void interrupts_wait(void);

#endif

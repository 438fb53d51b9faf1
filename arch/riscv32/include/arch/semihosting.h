/* SPDX-License-Identifier: Apache-2.0 */
/* Ending a run in an emulator. For boards. */
#ifndef ARCH_SEMIHOSTING_H
#define ARCH_SEMIHOSTING_H

#include <stdint.h>

/* Ends the emulator with that status; returns where there is none. */
void semihosting_exit(uint32_t status);

#endif

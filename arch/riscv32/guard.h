/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own rules, which stay locked until the next hart reset. For the
 * files that raise them at boot. */
#ifndef ARCH_RISCV32_GUARD_H
#define ARCH_RISCV32_GUARD_H

#include <stdint.h>

#define CFG_LOCK 0x80u

/* Byte `n` of a cfg register. */
static inline uint8_t cfg_byte(uint32_t cfg, uint32_t n)
{
    return (uint8_t)(cfg >> (8 * n));
}

/* Panics unless the entry reads as it was written. */
void guard_check(uint32_t addr, uint8_t cfg, uint32_t addr_now,
                 uint8_t cfg_now);

/* What the kernel executes, if the core has Smepmp: smepmp_probed.c, or
 * smepmp_none.c where the board knows that it has not. */
void text_wall_raise(void);

#endif

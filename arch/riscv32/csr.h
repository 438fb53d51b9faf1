/* SPDX-License-Identifier: Apache-2.0 */
/* Control and status registers by name or number. */
#ifndef ARCH_CSR_H
#define ARCH_CSR_H

#include <stdint.h>

#define CSR_TEXT(name) #name
#define CSR_NAME(name) CSR_TEXT(name)

#define csr_read(name)                                                         \
    __extension__({                                                            \
        uint32_t csr_value;                                                    \
        __asm__ volatile("csrr %0, " CSR_NAME(name) : "=r"(csr_value));        \
        csr_value;                                                             \
    })

#define csr_write(name, value)                                                 \
    __asm__ volatile("csrw " CSR_NAME(name) ", %0" : : "rK"(value) : "memory")

#define CSR_MSECCFG 0x747

#endif

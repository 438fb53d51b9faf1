/* SPDX-License-Identifier: Apache-2.0 */
/* The 16550A as QEMU's virt board has it: it sends at once, and takes input as
 * fast as its FIFO empties, so that nothing is ever lost. */
#ifndef TESTS_SIM_UART16550_H
#define TESTS_SIM_UART16550_H

#include <tests/sim/devices/line.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/machine.h>

struct uart16550 {
    struct device device;
    struct line *line;
    struct plic *plic;
    uint32_t source;
    uint8_t ier, fcr, lcr, mcr, scratch;
    uint16_t divisor;
    bool sent_is_told; /* the interrupt "can send" has been seen */
    uint8_t fifo[16];
    uint32_t start, level;
    uint64_t timeout; /* when too few bytes for the trigger are told, ns */
    bool is_timed_out;
};

void uart16550_add(struct machine *machine, struct uart16550 *uart,
                   uint32_t base, struct line *line, struct plic *plic,
                   uint32_t source);

#endif

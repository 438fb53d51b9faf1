/* SPDX-License-Identifier: Apache-2.0 */
/* What all flash chips have in common: bytes that outlive the power, programs
 * that only clear bits, erases that set them, and the power that may go at the
 * N-th such operation. Knows no chip, no bus, no machine. */
#ifndef TESTS_SIM_FLASH_H
#define TESTS_SIM_FLASH_H

#include <stdbool.h>
#include <stdint.h>

/* One for all chips of a machine: operations are counted over all of them. */
struct power {
    uint64_t operations; /* begun so far, the cut one included */
    uint64_t cut_at;     /* that one does not come to its end; 0: none */
    bool is_torn;        /* it has some effect; else it has none */
    bool is_cut;         /* nothing has any effect from here on */
    uint64_t random;     /* decides what a torn operation does */
    uint32_t at, len;    /* where the last one was */
};

struct flash {
    struct power *power;
    uint8_t *bytes;
    uint32_t size;
};

/* Both want a range inside the chip. False: the power went. */
bool flash_program(const struct flash *flash, uint32_t at, const uint8_t *data,
                   uint32_t len);
bool flash_erase(const struct flash *flash, uint32_t at, uint32_t len);

/* Splitmix: the next of the numbers that `state` stands for. */
uint64_t random_next(uint64_t *state);

#endif

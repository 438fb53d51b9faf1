/* SPDX-License-Identifier: Apache-2.0 */
/* A serial NOR flash chip behind its chip select, byte by byte, single I/O:
 * what the microcontroller boards keep their programs in. Follows the data
 * sheets' rules: programs clear bits and wrap inside their page, each wants a
 * write enable of its own, nothing but the status can be had while the chip is
 * busy. What the chip would ignore or spoil silently is written down in
 * `complaint`, for the machine to stop at. No bus, no machine in here. */
#ifndef TESTS_SIM_NOR_H
#define TESTS_SIM_NOR_H

#include <stdbool.h>
#include <stdint.h>

#include <tests/sim/devices/flash.h>

#define NOR_PAGE 256u

struct nor_chip {
    const char *name;
    uint8_t id[3];
    uint32_t size;
    /* How long the chip is busy, in nanoseconds. */
    uint64_t program_ns, erase_4k_ns, erase_32k_ns, erase_64k_ns, erase_chip_ns,
        write_status_ns;
};

extern const struct nor_chip nor_is25lp032d; /* HiFive1 Rev B, 4 MiB */
extern const struct nor_chip nor_w25q32;     /* ESP32-C3 modules, 4 MiB */

struct nor {
    const struct nor_chip *chip;
    struct flash flash;
    uint32_t speed; /* the chip is that much faster than its sheet says */
    uint64_t busy_until;
    uint8_t status; /* what WRSR sets: protection, QE, SRWD */
    bool is_write_enabled;
    /* The transaction since the chip was selected. */
    bool is_selected;
    uint32_t count; /* bytes so far */
    uint8_t command;
    uint32_t address;
    uint8_t page[NOR_PAGE];
    bool is_ignored;
    char complaint[160]; /* empty: nothing was wrong yet */
};

void nor_init(struct nor *nor, const struct nor_chip *chip, uint8_t *bytes,
              struct power *power);

/* The power was away. */
void nor_power_on(struct nor *nor);

/* Chip select. An operation starts when it is taken back. */
void nor_select(struct nor *nor, uint64_t now, bool is_selected);

/* One byte out, one in, while selected; 0xFF comes from an idle line. */
uint8_t nor_exchange(struct nor *nor, uint64_t now, uint8_t out);

bool nor_is_busy(const struct nor *nor, uint64_t now);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's SPI1, the controller that commands the flash: transactions that
 * the guest puts together from its registers, and the built-in shortcuts. What
 * the flash would ignore or spoil, and a command given while the last one is
 * still on the wire, is a violation. */
#ifndef TESTS_SIM_C3_SPI_H
#define TESTS_SIM_C3_SPI_H

#include <tests/sim/devices/c3_cache.h>
#include <tests/sim/devices/c3_system.h>
#include <tests/sim/devices/nor.h>
#include <tests/sim/machine.h>

enum { C3_SPI_REGISTERS = 64, C3_SPI_BYTES = 64 };

struct c3_spi {
    struct device device;
    struct nor *nor;
    struct c3_cache *cache;
    const struct c3_system *system;
    uint32_t speed; /* the line is that much faster than its clock says */
    uint32_t registers[C3_SPI_REGISTERS];
    uint64_t done; /* when the transaction is over, ns */
};

/* The caller has filled in nor to speed. */
void c3_spi_add(struct machine *machine, struct c3_spi *spi, uint32_t base);

/* What ROM functions use: one transaction with the flash, at once. */
void c3_spi_command(struct c3_spi *spi, const uint8_t *out, uint32_t out_len,
                    uint8_t *in, uint32_t in_len);

#endif

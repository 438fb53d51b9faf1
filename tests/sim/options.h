/* SPDX-License-Identifier: Apache-2.0 */
/* What a board model is told when it is built. {0} is a machine as exact as the
 * model can be, with nothing at its serial line. */
#ifndef TESTS_SIM_OPTIONS_H
#define TESTS_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct line;
struct power;
struct icache;

enum { OPTION_WIRES = 4 };

/* What hangs on the second SPI controller. */
enum spi_device { SPI_NOTHING, SPI_LOOP, SPI_FLASH };

struct machine_options {
    struct line *console; /* of the first UART; NULL: nobody is there */
    struct line *second;  /* of the second one */
    struct line *usb;     /* of the ESP32-C3's USB port; NULL: not plugged in */
    uint8_t wires[OPTION_WIRES][2]; /* pairs of pins, connected */
    uint32_t wire_count;
    uint32_t i2c_memory; /* the address of one on the I2C bus; 0: none */
    uint32_t i2c_holder; /* of a device that holds the clock; 0: none */
    uint32_t i2c_holds;  /* for so long, ms */
    enum spi_device spi1;
    struct icache *icache; /* of the FE310, its line set; NULL: costs nothing */
    struct power *power;   /* counts flash operations; NULL: one of its own */
    uint64_t seed;         /* of what hardware leaves to chance */
    uint32_t flash_speed;  /* flash is busy for that part of its time; 0: 1 */
    bool flash_takes_time; /* also where QEMU's never does (parallel flash) */
    bool as_qemu;          /* clocks, serial speed as QEMU has them */
    bool smepmp;           /* the core has it, if there is such a core */
    bool wants_words; /* at 0x42...... on the ESP32-C3: see --flash-words */
    bool shows_pins;  /* each change of an output on stderr */
    const char *flash_file; /* what the flash holds, kept from run to run */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a board model is told when it is built. {0} is a machine as exact as the
 * model can be, with nothing at its serial line. */
#ifndef TESTS_SIM_OPTIONS_H
#define TESTS_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct line;
struct power;

struct machine_options {
    struct line *console;  /* of the first UART; NULL: nobody is there */
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

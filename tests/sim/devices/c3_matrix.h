/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's interrupt matrix: which of the sources reach which of the
 * hart's 31 lines, and the controller that picks the line with the highest
 * priority (among equals the lowest number). There is no claim. */
#ifndef TESTS_SIM_C3_MATRIX_H
#define TESTS_SIM_C3_MATRIX_H

#include <tests/sim/machine.h>

enum { C3_SOURCES = 62, C3_LINES = 32 };

enum c3_source {
    C3_GPIO = 16,
    C3_SPI1 = 18,
    C3_UART0 = 21,
    C3_UART1 = 22,
    C3_USB = 26,
    C3_RTC = 27,
    C3_TIMG0_T0 = 32,
    C3_TIMG0_WDT = 33,
    C3_TIMG1_T0 = 34,
    C3_TIMG1_WDT = 35,
    C3_CACHE_ILLEGAL = 36,
    C3_SYSTIMER0 = 37,
    C3_SOFTWARE0 = 50,
};

struct c3_matrix {
    struct device device;
    uint64_t wires; /* levels of the sources */
    uint8_t line[C3_SOURCES];
    uint8_t priority[C3_LINES];
    uint32_t clock, enabled, is_edge, clear, threshold;
    uint32_t levels;  /* of the lines */
    uint32_t latched; /* edges seen and not cleared yet */
    uint32_t offered; /* the line that the hart sees, 0: none */
};

void c3_matrix_add(struct machine *machine, struct c3_matrix *matrix,
                   uint32_t base);

void c3_matrix_wire(struct c3_matrix *matrix, uint32_t source, bool level);

#endif

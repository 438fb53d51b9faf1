/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's UART, as the ROM leaves it: 115200 baud from the crystal.
 * Frames take their time, what comes while the receive FIFO is full is lost.
 * What nobody could hear, and a byte written to a full FIFO, is a violation. */
#ifndef TESTS_SIM_C3_UART_H
#define TESTS_SIM_C3_UART_H

#include <tests/sim/devices/c3_gpio.h>
#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/devices/c3_system.h>
#include <tests/sim/devices/line.h>
#include <tests/sim/machine.h>

enum { C3_UART_FIFO = 128 };

struct c3_fifo {
    uint8_t bytes[C3_UART_FIFO];
    uint32_t start, level;
};

struct c3_uart {
    struct device device;
    struct line *line;
    struct c3_matrix *matrix;
    uint32_t source;
    const struct c3_system *system; /* gives the clock */
    const struct c3_gpio *gpio;     /* whose pins it needs; NULL: any */
    uint32_t raw, enabled, divider, conf0, conf1, memory, clock, id;
    struct c3_fifo tx, rx;
    bool listens;    /* the guest has set up its side of receiving */
    bool is_sending; /* a frame is on the wire, its byte in `sending` */
    uint8_t sending;
    uint64_t sent;      /* when it has gone, ns */
    uint64_t arrives;   /* when the next frame has come, ns */
    uint64_t times_out; /* when the line has been silent for long enough */
};

/* The caller has filled in line to gpio. */
void c3_uart_add(struct machine *machine, struct c3_uart *uart,
                 const char *name, uint32_t base);

/* What the ROM says, at once. */
void c3_uart_print(struct c3_uart *uart, const char *text);

#endif

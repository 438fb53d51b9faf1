/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's 22 pins: the GPIO block with its signal matrix, and IO_MUX. To
 * take the pins of the flash away from it is a violation. */
#ifndef TESTS_SIM_C3_GPIO_H
#define TESTS_SIM_C3_GPIO_H

#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/machine.h>

enum { C3_PINS = 22, C3_SIGNALS = 128 };

/* Pins with a task on the boards. */
enum { C3_PIN_BOOT = 9, C3_PIN_RX = 20, C3_PIN_TX = 21 };

/* Numbers of UART0's signals in the matrix. */
enum { C3_SIGNAL_UART0 = 6 };

struct c3_gpio {
    struct device device, mux;
    struct c3_matrix *matrix;
    bool shows_pins;
    uint32_t driven, driven_level; /* from outside the chip */
    uint32_t out, enable, status, straps;
    uint32_t pin[C3_PINS], io_mux[C3_PINS], out_select[C3_PINS];
    uint32_t in_select[C3_SIGNALS];
    uint32_t input, shown, shown_enable, clock_gate, mux_control;
};

void c3_gpio_add(struct machine *machine, struct c3_gpio *gpio, uint32_t base,
                 uint32_t mux_base, struct c3_matrix *matrix, bool shows_pins);

/* Someone outside drives a pin. */
void c3_gpio_drive(struct c3_gpio *gpio, uint32_t pin, bool level);

/* Whether UART0 drives GPIO21, hears GPIO20. */
bool c3_gpio_sends(const struct c3_gpio *gpio);
bool c3_gpio_hears(const struct c3_gpio *gpio);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's 32 pins. */
#ifndef TESTS_SIM_GPIO_H
#define TESTS_SIM_GPIO_H

#include <tests/sim/devices/plic.h>
#include <tests/sim/machine.h>

enum { GPIO_WIRES = 4 };

struct gpio {
    struct device device;
    struct plic *plic;
    uint32_t first_source; /* of pin 0 */
    bool shows_pins;
    uint32_t driven, driven_level; /* from outside the chip */
    uint32_t input, shown, shown_enable;
    uint32_t function1, function1_level; /* what peripherals number 1 drive */
    uint8_t wires[GPIO_WIRES][2];        /* pairs of pins, connected outside */
    uint32_t wire_count;
    uint32_t registers[17]; /* by offset / 4; pending bits among them */
};

void gpio_add(struct machine *machine, struct gpio *gpio, uint32_t base,
              struct plic *plic, uint32_t first_source, bool shows_pins);

/* Someone outside drives a pin. */
void gpio_drive(struct gpio *gpio, uint32_t pin, bool level);

/* A peripheral, number 1 on that pin, drives it, if the pin is switched to it. */
void gpio_function1(struct gpio *gpio, uint32_t pin, bool level);

/* Someone connects two pins. */
void gpio_wire(struct gpio *gpio, uint8_t one, uint8_t other);

/* Whether these pins belong to their peripheral number 0. */
bool gpio_is_function0(const struct gpio *gpio, uint32_t pins);

#endif

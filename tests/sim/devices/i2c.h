/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's I2C controller and, on its bus, a memory of 256 bytes as there are
 * many: the first byte written is where it goes on, reading and writing. What a
 * device could not follow, or no bus allows, is a violation. */
#ifndef TESTS_SIM_I2C_H
#define TESTS_SIM_I2C_H

#include <tests/sim/devices/gpio.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/prci.h>
#include <tests/sim/machine.h>

struct i2c_memory {
    uint32_t address; /* 0: there is none */
    uint8_t bytes[256];
    uint8_t at;
    bool is_addressed, is_selected, is_read, has_place, sends;
};

/* A device that takes its address and then holds the clock. */
struct i2c_holder {
    uint32_t address; /* 0: there is none */
    uint64_t ns;      /* for so long */
    uint64_t until;   /* it holds it now, ns */
};

struct i2c {
    struct device device;
    struct plic *plic;
    uint32_t source;
    const struct prci *prci;
    const struct gpio *gpio;
    uint32_t pins; /* as a mask */
    struct i2c_memory memory;
    struct i2c_holder holder;

    uint32_t prescale, control, command, status;
    uint8_t out, in;
    uint64_t done; /* when the command under way has ended, ns; else NEVER */
};

/* The caller has filled in what comes before prescale, but for `device`. */
void i2c_add(struct machine *machine, struct i2c *i2c, const char *name,
             uint32_t base);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The world around a device of the machine model, for tests of devices alone:
 * a clock that the test moves, the levels at the hart's inputs, and what was
 * said. Registers are read and written as the hart would. */
#ifndef TESTS_FAKE_SIM_H
#define TESTS_FAKE_SIM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tests/sim/machine.h>

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

struct fake_sim {
    struct machine machine; /* what devices are added to */
    uint64_t now;
    bool msip, mtip, meip;
    uint32_t interrupts; /* by line, of machine_set_interrupt() */
    bool is_reset_wanted, is_cpu_reset_wanted, is_cut;
};

extern struct fake_sim fake_sim;

/* A new world without devices, at time 0. */
void fake_sim_init(void);

/* All devices are reset. */
void fake_sim_reset(enum reset_kind kind);

/* Lets that much time go by, devices being served when they are due. */
void fake_sim_pass(uint64_t ns);

/* 32-bit accesses, which have to be allowed. */
uint32_t get(struct device *device, uint32_t offset);
void set(struct device *device, uint32_t offset, uint32_t value);

/* Those of another width or to nothing: whether they are allowed. */
bool can_get(struct device *device, uint32_t offset, uint32_t bytes);
bool can_set(struct device *device, uint32_t offset, uint32_t bytes);

/* The violation that was reported, and only now. */
void expect_violation(const char *part);
void expect_no_violation(void);

#endif

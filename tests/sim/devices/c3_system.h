/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's SYSTEM block: the CPU's clock, the clocks and resets of
 * peripherals, software interrupts. What a peripheral whose clock is off or
 * whose reset is held would swallow silently is a violation. The CPU's frequency
 * does not change how long instructions take here, only what is derived from
 * it. To be added to the machine before the devices that it gates: a reset has
 * to reach it first. */
#ifndef TESTS_SIM_C3_SYSTEM_H
#define TESTS_SIM_C3_SYSTEM_H

#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/machine.h>

#define C3_XTAL_HZ 40000000u

/* Bits of PERIP_CLK_EN0 and PERIP_RST_EN0. */
enum c3_gate {
    C3_GATE_SPI = 1,
    C3_GATE_UART0 = 2,
    C3_GATE_UART1 = 5,
    C3_GATE_TIMG0 = 13,
    C3_GATE_TIMG1 = 15,
    C3_GATE_USB = 23,
    C3_GATE_UART_MEMORY = 24,
    C3_GATE_SYSTIMER = 29,
};

enum { C3_GATED = 10 };

struct c3_system {
    struct device device;
    struct c3_matrix *matrix;
    uint32_t sysclk, cpu_period, cpu_clock, cpu_reset;
    uint32_t clocks[2], resets[2], software;
    struct c3_gated {
        struct device closed; /* stands in for it while it has no clock */
        struct device *device;
        const struct c3_system *system;
        uint32_t bit;
        bool is_closed;
    } gated[C3_GATED];
    uint32_t gated_count;
    bool pll_is_off;
    /* Told after each change of the clocks. */
    void (*changed)(void *context);
    void *context;
};

void c3_system_add(struct machine *machine, struct c3_system *system,
                   uint32_t base, struct c3_matrix *matrix);

/* From now on that bit is the device's. */
void c3_system_gate(struct c3_system *system, struct device *device,
                    enum c3_gate bit);

/* RTC_CNTL has it: the PLL has no power. */
void c3_system_pll_is_off(struct c3_system *system, bool is_off);

uint32_t c3_cpu_hz(const struct c3_system *system);
uint32_t c3_apb_hz(const struct c3_system *system);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's PWM timer: a counter, four comparators, and the pins that three or
 * four of them drive. Not modelled: one-shot, centred and ganged comparators,
 * whose use is a violation. The clock is what PRCI gives when a register is
 * written. */
#ifndef TESTS_SIM_PWM_H
#define TESTS_SIM_PWM_H

#include <tests/sim/devices/gpio.h>
#include <tests/sim/devices/plic.h>
#include <tests/sim/devices/prci.h>
#include <tests/sim/machine.h>

enum { PWM_COMPARATORS = 4 };

struct pwm {
    struct device device;
    struct plic *plic;
    uint32_t first_source; /* of comparator 0 */
    const struct prci *prci;
    struct gpio *gpio;
    uint8_t pins[PWM_COMPARATORS];
    uint32_t bits; /* of a comparator */

    uint32_t config, compare[PWM_COMPARATORS], pending;
    uint32_t hz;    /* since then */
    uint64_t since; /* ns */
    uint64_t count; /* at `since` */
};

/* The caller has filled in what comes before config, but for `device`. */
void pwm_add(struct machine *machine, struct pwm *pwm, const char *name,
             uint32_t base);

#endif

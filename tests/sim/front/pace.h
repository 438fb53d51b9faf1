/* SPDX-License-Identifier: Apache-2.0 */
/* How the machine's time goes beside the host's, and when input is looked for:
 * whenever the machine sleeps, and now and then while it computes. */
#ifndef TESTS_SIM_PACE_H
#define TESTS_SIM_PACE_H

#include <tests/sim/front/port.h>
#include <tests/sim/machine.h>

enum { PACE_MORE = 2 };

struct pace_keeper {
    struct port *port;
    struct port *more[PACE_MORE]; /* second lines; NULL: there are none */
    bool is_real;
    bool is_started;
    uint64_t host_start, virtual_start; /* ns that stand for each other */
};

/* The machine's hook for sleep; hooks.context is the keeper. */
uint64_t pace_sleep(struct machine *machine, uint64_t until);

/* Between stretches of computing. */
void pace_breathe(struct pace_keeper *keeper, struct machine *machine);

#endif

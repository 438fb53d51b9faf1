/* SPDX-License-Identifier: Apache-2.0 */
/* For how long the kernel does not look for interrupts: the longest stretches in
 * machine mode from one look to the next, told apart by what flash does in them. A
 * look is an instruction of an app, a sleep, or a call of the function that serves
 * the devices. Counted from the first instruction of an app on. */
#ifndef TESTS_SIM_STRETCH_H
#define TESTS_SIM_STRETCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <tests/sim/devices/flash.h>
#include <tests/sim/machine.h>
#include <tests/sim/watch.h>

enum stretch_kind {
    STRETCH_PLAIN,   /* flash was left alone */
    STRETCH_PROGRAM, /* some of it was programmed */
    STRETCH_ERASE,   /* some of it was erased */
    STRETCH_KINDS
};

struct stretch {
    uint64_t instructions, ns;
    uint32_t from; /* the pc it began behind */
};

struct stretches {
    struct watcher watcher;
    const struct power *power; /* of the flash; NULL: there is none */
    uint32_t look;             /* where that function begins */
    bool has_begun;
    uint64_t instructions, ns, operations; /* at the last look, or operation */
    uint32_t from;
    enum stretch_kind kind;
    struct stretch longest[STRETCH_KINDS];
};

/* false: no symbol of that name, and it said so. */
bool stretches_start(struct stretches *s, struct machine *machine,
                     const char *look, const struct power *power);

/* A line for each kind: name, instructions, nanoseconds, where it began. */
void stretches_report(const struct stretches *s, const struct machine *machine,
                      FILE *out);

#endif

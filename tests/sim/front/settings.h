/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of berth-sim. */
#ifndef TESTS_SIM_SETTINGS_H
#define TESTS_SIM_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <tests/sim/devices/flash.h>
#include <tests/sim/machine.h>
#include <tests/sim/options.h>

enum { SETTINGS_SYMBOLS = 16 };

/* What the process's exit status is where it is neither the guest's own nor one
 * of machine.h: 1 a file can not be used, 2 wrong command line, and these. */
enum { STATUS_CUT = 123, STATUS_SCRIPT = 124 };

enum pace {
    PACE_GIVEN_BY_LINE, /* real at a terminal, else fast */
    PACE_FAST,          /* time jumps over sleep */
    PACE_REAL,          /* a second takes a second at least */
};

struct settings {
    struct machine_options options;
    struct power power;
    const struct machine_model *model;
    const char *kernel, *apps; /* NULL: none */
    uint32_t apps_at;
    const char *serial, *usb, *script, *gdb, *trace, *stretches;
    const char *itim_functions; /* a file; NULL: none are taken to be there */
    uint32_t cache_line;        /* 0: running from flash costs nothing */
    const char *serial1;        /* NULL: nobody hears UART1 */
    const char *symbols[SETTINGS_SYMBOLS];
    uint32_t symbols_count;
    bool counts_symbols, prints_stats, reboots, is_any_baud;
    uint32_t shift, baud;
    uint64_t max_instructions, max_ns;
    enum pace pace;
};

/* Ends the program for --help and for what is wrong. */
void settings_read(struct settings *settings, int argc, char **argv);

#endif

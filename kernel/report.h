/* SPDX-License-Identifier: Apache-2.0 */
/* Reports about a process as text, made line by line from facts: which rule it
 * broke, where, its registers and its memory. Pure: reads nothing but what it
 * is given. Used by the operator console, by fault reports and by the panic
 * dump, so that all three read the same.
 *
 * Every line function returns the length of line number `line`, written
 * NUL-terminated and without a newline to `to`, and 0 when there are not so
 * many. No line is longer than REPORT_LINE_MAX - 1; a smaller cap cuts. */
#ifndef KERNEL_REPORT_H
#define KERNEL_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include <kernel/process_admin.h>

#define REPORT_LINE_MAX 144u

/* Causes that are not an mcause: the kernel ends a process by itself. */
enum {
    FAULT_ORDERED = 0x100,  /* the operator, or an app that may, wanted it */
    FAULT_WATCHDOG = 0x101, /* it did not yield in time */
};

struct fault_facts {
    struct process_info info;
    uint32_t cause, value; /* mcause and mtval; only told when FAULTED */
    const uint32_t *registers; /* [n]: xn, [0]: pc */
};

/* The whole report: what happened, pc and ra as offsets in the app's binary,
 * registers, counters, memory map. For a process that has not faulted the
 * first line says in which state it is. */
size_t report_line(const struct fault_facts *facts, uint32_t line, char *to,
                   size_t cap);

/* The number of its line from which on it is counters and the memory map. */
#define REPORT_MAP 10u

static inline size_t report_map_line(const struct fault_facts *facts,
                                     uint32_t line, char *to, size_t cap)
{
    return report_line(facts, line + REPORT_MAP, to, cap);
}

/* The parts of a map, for maps of other things too. */
struct map_region {
    const char *name;
    const char *rights; /* "rwx" or less, three characters */
    uint32_t used;
    uint32_t allocated; /* 0: not told */
};

/* `edge` is 0 for a topmost address, 1 for one in the middle, 2 for a lowest. */
size_t report_edge(char *to, size_t cap, uint32_t address, uint32_t edge);
size_t report_region(char *to, size_t cap, const struct map_region *region);

/* "Yielded", "Stopped(Running)", ... */
size_t report_state(const struct process_info *info, char *to, size_t cap);

/* Put '?' for everything in a text that a terminal would act upon. */
void report_clean(char *text);

#endif

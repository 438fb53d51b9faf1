/* SPDX-License-Identifier: Apache-2.0 */
/* Reports about a process as text, made line by line from facts: which rule it
 * broke, where, its registers and its memory. Pure: reads nothing but what it
 * is given. Used by the operator console, by fault reports and by the panic
 * dump, so that all three read the same. */
#ifndef KERNEL_REPORT_H
#define KERNEL_REPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <kernel/process_admin.h>

/* Room for any line, with its NUL. */
#define REPORT_LINE_MAX 144u

/* Causes that are not an mcause: the kernel ends a process by itself. */
enum {
    FAULT_ORDERED = 0x100,  /* the operator, or an app that may, wanted it */
    FAULT_WATCHDOG = 0x101, /* it did not yield in time */
};

struct fault_facts {
    const uint32_t *registers; /* [n]: xn, [0]: pc */
    uint32_t cause, value;     /* mcause and mtval; only told when FAULTED */
    struct process_info info;
};

/* Write line number `line` of the report, without a newline: what happened, pc
 * and ra as offsets in the app's binary, registers, counters, memory map. The
 * first line of a process that has not faulted says in which state it is.
 * Returns the length, 0 when there are not so many lines or `cap` is below
 * REPORT_LINE_MAX. Nothing in it that comes from an app acts upon a terminal. */
size_t report_line(const struct fault_facts *facts, uint32_t line, char *to,
                   size_t cap);

/* The numbers of its lines from which on it is registers, which need no more
 * than facts->registers, and then counters and the memory map. */
#define REPORT_REGISTERS 2u
#define REPORT_MAP 10u

/* ---- what else is made of the same parts ----------------------------------- */

/* Append to the text at `to`, which has room for REPORT_LINE_MAX. */
void report_add(char *to, const char *fmt, ...) PRINTF_LIKE(2, 3);
void report_add_va(char *to, const char *fmt, va_list args);

/* "Yielded", "Stopped(Running)", ... */
void report_add_state(char *to, const struct process_info *info);

/* A row of a memory map. */
struct map_region {
    uint32_t start, end;
    const char *rights; /* "rwx" or less, three characters */
    const char *name;   /* at most 9 */
};

void report_add_region(char *to, const struct map_region *region);

/* The kernel's own, as the image is linked (version.c). */
#define KERNEL_MAP_REGIONS 5u
extern const struct map_region kernel_map[KERNEL_MAP_REGIONS];

/* Put '?' for everything in a text that a terminal would act upon. */
void report_clean(char *text);

#endif

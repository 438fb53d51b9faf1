/* SPDX-License-Identifier: Apache-2.0 */
/* What was executed: a line for each instruction, or counts for each symbol.
 *
 *     80000010 M main+0x4                     00a50513 a0=00000015
 *     80000014 U app+0x8                      0000b083 trap 2 0000b083
 *
 * is pc, mode, symbol, encoding, and the register that was written or the trap
 * that came instead (cause, tval). An interrupt has a line of its own:
 *
 *     80000018 U app+0xc                      interrupt 7 */
#ifndef TESTS_SIM_TRACE_H
#define TESTS_SIM_TRACE_H

#include <stdbool.h>
#include <stdio.h>

struct machine;
struct trace;

/* Lines go to `lines` (NULL: none). Symbols are those loaded by now. */
struct trace *trace_start(struct machine *, FILE *lines, bool counts);

/* Symbols by instructions executed, most first: "12345  6.7 % name". */
void trace_report(struct machine *, FILE *out);
void trace_free(struct trace *);

/* watch.c's */
void trace_before(struct trace *, struct machine *);
void trace_after(struct trace *, struct machine *);

#endif

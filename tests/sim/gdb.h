/* SPDX-License-Identifier: Apache-2.0 */
/* A stub for gdb's remote protocol: registers (CSRs as well), memory, break
 * and watch points, step, continue, interrupt.
 *
 *     gdb-multiarch -ex 'target remote :1234' kernel.elf
 *
 * The machine stands still while gdb thinks, and its time with it. */
#ifndef TESTS_SIM_GDB_H
#define TESTS_SIM_GDB_H

#include <stdbool.h>

struct machine;
struct gdb;

/* Listens at "tcp:PORT" (this host only) or at a path, a unix socket. The
 * machine waits for gdb before its next instruction, unless ",nowait" stands
 * behind: then it stops when gdb comes. NULL: the reason is on stderr. */
struct gdb *gdb_listen(struct machine *, const char *spoken);
void gdb_free(struct gdb *);

/* Tells gdb how the run ended. */
void gdb_end(struct machine *);

/* watch.c's. false: no instruction now. */
bool gdb_before(struct gdb *, struct machine *);
void gdb_after(struct gdb *, struct machine *);
void gdb_sleeps(struct gdb *, struct machine *);

#endif

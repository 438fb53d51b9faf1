/* SPDX-License-Identifier: Apache-2.0 */
/* What gdb is told of the registers, so that it knows CSRs by name. */
#ifndef TESTS_SIM_GDB_TARGET_H
#define TESTS_SIM_GDB_TARGET_H

#include <stddef.h>

struct machine;

/* gdb's numbers. CSR n is REGISTER_CSR0 + n. */
enum {
    REGISTER_PC = 32,
    REGISTER_CSR0 = 65,
    REGISTER_PRIVILEGE = REGISTER_CSR0 + 4096
};

/* The description of this machine, as XML. */
void gdb_describe(struct machine *, char *text, size_t size);

#endif

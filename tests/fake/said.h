/* SPDX-License-Identifier: Apache-2.0 */
/* The host command's ways to speak, for tests of its parts: what ends the
 * program there comes back here. */
#ifndef TESTS_FAKE_SAID_H
#define TESTS_FAKE_SAID_H

#include <setjmp.h>
#include <stdbool.h>

extern jmp_buf said_back; /* where fail() goes */
extern int said_code;     /* its exit code */
extern char said[512];    /* its message, or that of the last warning */

/* What follows runs; true if it ended in fail(). */
#define FAILS(statement) (setjmp(said_back) == 0 ? (statement, false) : true)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is true of the kernel whenever its loop is about to let a process run. */
#ifndef TESTS_BOARDS_INVARIANTS_H
#define TESTS_BOARDS_INVARIANTS_H

struct sched;

/* Panics with the sentence that does not hold. */
void invariants_check(const struct sched *s);

#endif

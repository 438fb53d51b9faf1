/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to an app, for people. */
#ifndef PIC_HOST_EXPLAIN_H
#define PIC_HOST_EXPLAIN_H

#include <stdio.h>

#include <pic/host/table.h>

/* Each site before and after, each word, the sums, and what read-only data
 * takes of RAM, by object (which takes a map). */
void explain(FILE *out, struct rewrite *r, const struct table *table);

#endif

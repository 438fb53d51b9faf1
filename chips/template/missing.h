/* SPDX-License-Identifier: Apache-2.0 */
/* An empty port: what is not written yet. A finished one has no use for it. */
#ifndef CHIPS_TEMPLATE_MISSING_H
#define CHIPS_TEMPLATE_MISSING_H

/* Panics with that text. With a debugger one may set missing_is_fine and look
 * at what comes next; a compiler that may not know better keeps it. */
void missing(const char *what);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The witness where flash is rewritten all the time: while a sector of 256 KiB
 * that holds apps is not what it is to be, for 3 ms, no app can run at all. */
#define LATE_MS 4u

#include "witness.c"

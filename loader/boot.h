/* SPDX-License-Identifier: Apache-2.0 */
/* Boot loading: every TBF object in the app flash becomes a process, or a line
 * in the log that says why it does not. For boards. */
#ifndef LOADER_BOOT_H
#define LOADER_BOOT_H

#include <stdint.h>

/* Walk the chain that begins at `start`. Objects at any multiple of 4. */
void chain_boot(uint32_t start, uint32_t end);

#endif

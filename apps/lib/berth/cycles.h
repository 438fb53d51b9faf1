/* SPDX-License-Identifier: Apache-2.0 */
/* The cycle counter that all apps share. It belongs to whoever starts, stops or
 * resets it first, until that app ends: for others ERR_RESERVE, and reading. */
#ifndef BERTH_CYCLES_H
#define BERTH_CYCLES_H

#include <berth/error.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

err_t berth_cycles_start(void);
err_t berth_cycles_stop(void);
err_t berth_cycles_reset(void); /* stops it as well */
err_t berth_cycles_read(uint64_t *cycles);

#ifdef __cplusplus
}
#endif

#endif

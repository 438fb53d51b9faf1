/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's PLL: up to 320 MHz from the 16 MHz crystal. */
#ifndef CHIPS_SIFIVE_E_PLL_H
#define CHIPS_SIFIVE_E_PLL_H

#include <stdint.h>

#include <berth/compiler.h>
#include <berth/err.h>

#define PLL_HZ_MAX 320000000u /* what the chip is rated for */

/* Run from the PLL at `hz`: 48 to 96 MHz in steps of 2, to 192 in steps of 4, to
 * 320 in steps of 8. Flash is read at a speed it stands from before the change
 * on. INVAL: the PLL has no such rate; nothing has changed. FAIL: it does not
 * lock; the core runs from the crystal. */
MUST_CHECK err_t prci_use_pll(uint32_t hz);

#endif

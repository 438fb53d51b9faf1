/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the FE310's mtime counts. */
#ifndef CHIPS_SIFIVE_E_CLOCK_H
#define CHIPS_SIFIVE_E_CLOCK_H

/* Sets what chip_timer_hz() says: 32768, or what QEMU's model counts with. */
void clock_init(void);

#endif

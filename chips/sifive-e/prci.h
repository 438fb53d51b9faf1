/* SPDX-License-Identifier: Apache-2.0 */
/* The FE310's clocks. */
#ifndef CHIPS_SIFIVE_E_PRCI_H
#define CHIPS_SIFIVE_E_PRCI_H

/* Run from the 16 MHz crystal, the PLL bypassed: exact enough for a UART, and
 * slow enough for the flash at its reset speed. */
#define PRCI_CRYSTAL_HZ 16000000u

void prci_use_crystal(void);

/* Run from the ring oscillator, some 14 MHz, the crystal ready beside it and
 * what comes out of the PLL not divided: where all other clocks begin. */
void prci_use_ring(void);

#endif

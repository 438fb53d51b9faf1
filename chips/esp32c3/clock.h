/* SPDX-License-Identifier: Apache-2.0 */
/* The clocks of the ESP32-C3. */
#ifndef CHIPS_ESP32C3_CLOCK_H
#define CHIPS_ESP32C3_CLOCK_H

/* The crystal, from which the UART and the kernel's time are made: they do not
 * follow the core's clock. */
#define CRYSTAL_HZ 40000000u

/* The core at 160 MHz from the PLL, the peripherals' bus at 80. The mask ROM has
 * started the PLL, for the flash. Clocks of what the kernel uses are on. */
void clock_init(void);

#endif

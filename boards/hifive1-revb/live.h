/* SPDX-License-Identifier: Apache-2.0 */
/* Apps that come and go while a HiFive1 Rev B runs: the flash that the chip runs
 * from, the store in it, and the framed line that they come by. The board names
 * itself in `live_board`. */
#ifndef BOARDS_HIFIVE1_REVB_LIVE_H
#define BOARDS_HIFIVE1_REVB_LIVE_H

#include <boards/hifive1-revb/machine.h>
#include <loader/live.h>

#define MACHINE_FLASH 0x20000000u

/* Of a struct live_board all but the name. */
#define MACHINE_LIVE                                                           \
    .version = kernel_version, .flash = MACHINE_FLASH,                         \
    .ram_start = MEMORY_APP_RAM,                                               \
    .ram_end = MEMORY_APP_RAM + MEMORY_APP_RAM_SIZE

extern const struct live_board live_board; /* the board's */

/* In main() first: hardware and drivers. Typed bytes go to `receive`. */
void live_wire(void (*receive)(void *receiver, const uint8_t *bytes,
                               size_t len),
               void *receiver);

/* After kernel_init(): the apps of flash, and those that come by the line. */
void live_wire_flash(void);

#endif

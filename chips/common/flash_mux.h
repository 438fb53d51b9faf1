/* SPDX-License-Identifier: Apache-2.0 */
/* One flash for several users, each of which sees a flash of its own: the store
 * of apps, and drivers that keep data. Boards give each a port.
 *
 * A port takes one operation at a time, as any flash; those of several ports
 * are carried out in turn. A port's `read` is for who may not touch flash
 * itself. Not while an operation is under way: from deferred calls, which are
 * not made then, and from an operation's own end. */
#ifndef CHIPS_COMMON_FLASH_MUX_H
#define CHIPS_COMMON_FLASH_MUX_H

#include <berth/hil/flash.h>
#include <kernel/driver.h>

struct flash_mux;

struct flash_port {
    struct flash flash;
    struct flash_mux *mux;
    const uint8_t *bytes; /* of the program that waits; NULL: an erase does */
    uint32_t at, len;
    flag_t waits;
};

struct flash_mux {
    struct flash *flash;
    struct flash_client client;
    struct flash_port *ports;
    uint32_t count;
    uint32_t active; /* the port whose operation is under way, or was last */
    flag_t is_busy;
};

/* All zeroed; the real flash has been set up. */
void flash_mux_init(struct flash_mux *mux, struct flash *flash,
                    struct flash_port *ports, uint32_t count);

#endif

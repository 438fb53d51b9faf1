/* SPDX-License-Identifier: Apache-2.0 */
/* The ESP32-C3's USB-Serial-JTAG: packets of up to 64 bytes each way. A host
 * fetches them and sends its own when there is room; with nothing plugged in
 * what is written stays in the FIFO. To write on when it is full is a
 * violation. */
#ifndef TESTS_SIM_C3_USB_H
#define TESTS_SIM_C3_USB_H

#include <tests/sim/devices/c3_matrix.h>
#include <tests/sim/devices/line.h>
#include <tests/sim/machine.h>

enum { C3_USB_PACKET = 64 };

struct c3_usb {
    struct device device;
    struct line *line; /* to the host; NULL: nothing is plugged in */
    struct c3_matrix *matrix;
    uint8_t in[C3_USB_PACKET], out[C3_USB_PACKET]; /* as the host sees it */
    uint32_t in_level, out_level, out_read;
    uint32_t raw, enabled, conf0;
    bool is_flushed;           /* the packet waits for the host */
    uint64_t fetched, arrives; /* when the host does what is next, ns */
};

/* The caller has filled in line. */
void c3_usb_add(struct machine *machine, struct c3_usb *usb, uint32_t base,
                struct c3_matrix *matrix);

#endif

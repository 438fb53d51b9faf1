/* SPDX-License-Identifier: Apache-2.0 */
/* What only this machine has: ways to end it, and LEDs that light up as lines
 * of the kernel log. */
#ifndef BOARDS_QEMU_VIRT_MACHINE_H
#define BOARDS_QEMU_VIRT_MACHINE_H

#include <berth/hil/led.h>

void machine_exit_ok(void);
void machine_exit_failed(void);
void machine_reset(void);

struct log_led {
    struct led led; /* first: ops */
    const char *name;
    bool *on;
};

extern const struct led_ops log_led_ops;

#endif

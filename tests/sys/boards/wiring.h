/* SPDX-License-Identifier: Apache-2.0 */
/* What the boards of the tests share: QEMU's virt machine wired as the board
 * qemu-virt is. Each adds a kernel_config with policies of its own, and may
 * name apps with power over processes. */
#ifndef TESTS_BOARDS_WIRING_H
#define TESTS_BOARDS_WIRING_H

#include <boards/qemu-virt/machine.h>
#include <loader/process_info.h>

enum { WIRING_SLOTS = 8, WIRING_DRIVERS = 7 };

extern const struct driver wiring_drivers[WIRING_DRIVERS];
extern struct process_slot wiring_slots[WIRING_SLOTS];
extern struct ram_range wiring_reserved[WIRING_SLOTS];
extern uint32_t wiring_budgets[WIRING_SLOTS];
extern struct ipc wiring_ipc;

/* Defined by each board, perhaps with no row. */
extern const struct process_authority board_authorities[];
extern const uint32_t board_authority_count;

/* All of a struct kernel_config that is no policy. */
#define WIRING(name)                                                           \
    MACHINE_KERNEL(name, wiring_drivers, wiring_slots, wiring_reserved),       \
        .ipc = &wiring_ipc

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the boards of the tests share: QEMU's virt machine wired as the board
 * qemu-virt is. Each adds a kernel_config with policies of its own, and may
 * name apps with power over processes. */
#ifndef TESTS_BOARDS_WIRING_H
#define TESTS_BOARDS_WIRING_H

#include <berth/compiler.h>
#include <kernel/kernel.h>
#include <loader/process_info.h>

enum { WIRING_SLOTS = 8, WIRING_DRIVERS = 7, SLICE_MS = 10 };

/* linker/kernel.ld */
extern uint8_t __app_ram_start[], __app_ram_end[];
extern uint8_t __app_flash_start[], __app_flash_end[];

extern const struct driver wiring_drivers[WIRING_DRIVERS];
extern struct process_slot wiring_slots[WIRING_SLOTS];
extern struct ram_range wiring_reserved[WIRING_SLOTS];
extern uint32_t wiring_budgets[WIRING_SLOTS];
extern struct ipc wiring_ipc;
void wiring_panic_put(uint8_t byte);
void wiring_panic_end(void);

/* Defined by each board, perhaps with no row. */
extern const struct process_authority board_authorities[];
extern const uint32_t board_authority_count;

/* All of a struct kernel_config that is no policy. */
#define WIRING(name)                                                           \
    .board = (name), .drivers = wiring_drivers,                                \
    .driver_count = WIRING_DRIVERS, .slots = wiring_slots,                     \
    .slot_count = WIRING_SLOTS, .slice_ms = SLICE_MS, .ipc = &wiring_ipc,      \
    .ram_start = (uint32_t)__app_ram_start,                                    \
    .ram_end = (uint32_t)__app_ram_end,                                        \
    .flash_start = (uint32_t)__app_flash_start,                                \
    .flash_end = (uint32_t)__app_flash_end, .reserved = wiring_reserved,       \
    .reserved_cap = WIRING_SLOTS, .panic_put = wiring_panic_put,               \
    .panic_end = wiring_panic_end

#endif

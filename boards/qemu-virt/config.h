/* SPDX-License-Identifier: Apache-2.0 */
/* What of board.c the kernel's configuration names. */
#ifndef BOARDS_QEMU_VIRT_CONFIG_H
#define BOARDS_QEMU_VIRT_CONFIG_H

#include <kernel/ipc.h>
#include <kernel/kernel.h>

#define BOARD_DRIVERS 16
#define BOARD_SLOTS 8

extern const struct driver board_drivers[BOARD_DRIVERS];
extern struct process_slot board_slots[BOARD_SLOTS];
extern struct ram_range board_reserved[BOARD_SLOTS];
extern struct sched board_sched;
extern struct ipc board_ipc;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's configuration. It is compiled into both halves of the image
 * (kernel/kernel.mk), so nothing that changes may stand here. */
#include <boards/qemu-virt/config.h>

#include <boards/qemu-virt/machine.h>

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("qemu-virt", board_drivers, board_slots, board_reserved),
    .scheduler = &sched_round_robin,
    .sched = &board_sched,
    .fault = { .action = FAULT_STOP },
    .ipc = &board_ipc,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's configuration, and who interrupts it. It is compiled into both
 * halves of the image (kernel/kernel.mk), so nothing that changes may stand here. */
#include <boards/qemu-virt/config.h>

#include <boards/qemu-virt/machine.h>
#include <chips/common/irq.h>

IRQ_TABLE(MACHINE_UART_IRQ)

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("qemu-virt", board_drivers, board_slots, board_reserved),
    .scheduler = &sched_round_robin,
    .sched = &board_sched,
    .fault = { .action = FAULT_STOP },
    .ipc = &board_ipc,
};

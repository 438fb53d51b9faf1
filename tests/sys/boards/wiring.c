/* SPDX-License-Identifier: Apache-2.0 */
/* See wiring.h. */
#include <tests/sys/boards/wiring.h>

#include <chips/common/plic.h>
#include <drivers/read_only_state.h>
#include <kernel/ipc.h>
#include <loader/boot.h>

IRQ_TABLE(MACHINE_UART_IRQ)

static struct read_only_state read_only_state;
static struct process_info_driver process_info;
struct ipc wiring_ipc;

const struct driver wiring_drivers[WIRING_DRIVERS] = {
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    { DRIVER_PROCESS_INFO, &process_info_ops, &process_info,
      &process_info.grant },
    { DRIVER_IPC, &ipc_ops, &wiring_ipc, &wiring_ipc.grant },
    MACHINE_DRIVERS,
};

struct process_slot wiring_slots[WIRING_SLOTS];
struct ram_range wiring_reserved[WIRING_SLOTS];
uint32_t wiring_budgets[WIRING_SLOTS];

MACHINE_OPERATOR(.kept = NULL)

int main(void)
{
    machine_init(operator_receive, &machine_operator);
    read_only_state_init(&read_only_state);
    process_info_init(&process_info, board_authorities, board_authority_count);
    ipc_init(&wiring_ipc);

    kernel_init();
    plic_init();
    chain_boot(kernel_config.flash_start, kernel_config.flash_end);
    machine_operator_init();
    kernel_run();
}

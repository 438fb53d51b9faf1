/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU virt with live loading by the loader app, which its own board does in
 * the kernel. */
#include <boards/common/apps.h>
#include <boards/qemu-virt/machine.h>
#include <chips/common/plic.h>
#include <chips/virt/pflash.h>
#include <loader/line.h>

#define SLOTS 8

/* ---- hardware -------------------------------------------------------------- */

IRQ_TABLE(MACHINE_UART_IRQ)

/* ---- app flash ------------------------------------------------------------------ */

/* Bank 1 (memory.ld): apps from the start on, what keeps them at the end. */
#define APP_FLASH 0x22000000u
#define SECTOR (256u << 10)
#define SECTORS 128u

static struct pflash pflash;

static const struct store_layout layout = {
    .journal = (SECTORS - 2) * SECTOR,
    .journal_sectors = 2,
    .spare = (SECTORS - 3) * SECTOR,
    .spare_sectors = 1,
    .start = 0,
    .end = (SECTORS - 3) * SECTOR,
};

const struct store_place apps_place = {
    APPS_PLACE(&pflash.flash, &pflash_geometry, APP_FLASH, &layout),
};

const struct loader_config apps_config = {
    .policy = &apps_policy,
};

/* ---- drivers ---------------------------------------------------------------- */

static struct line line;

static const struct driver drivers[] = {
    APPS_DRIVERS,
    { DRIVER_LOADER_LINE, &line_ops, &line, &line.grant },
    MACHINE_DRIVERS,
};

/* ---- kernel ----------------------------------------------------------------- */

static struct process_slot slots[SLOTS];
static uint32_t budgets[SLOTS];
static struct sched sched = { .budget = budgets };
static struct ram_range reserved[SLOTS];

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("virt-loader", drivers, slots, reserved),
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .fault = { .action = FAULT_STOP },
};

/* ---- live loading ------------------------------------------------------------- */

static const struct live_board live_board = {
    .name = "virt-loader",
    .version = kernel_version,
    .flash = APP_FLASH,
    .ram_start = (uint32_t)__app_ram_start,
    .ram_end = (uint32_t)__app_ram_end,
};

MACHINE_OPERATOR(.kept = NULL)

int main(void)
{
    machine_init(operator_receive, &machine_operator);
    apps_wire_open();

    line_init(&line, &apps_app_loader, &live_board, &apps_loader,
              &machine_line.frames);

    kernel_init();
    plic_init();
    pflash_init(&pflash, APP_FLASH, __app_flash_start);
    loader_boot(&apps_loader, ktime_now_low());
    machine_operator_init();
    kernel_run();
}

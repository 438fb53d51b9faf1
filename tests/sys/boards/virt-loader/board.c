/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU virt with live loading by the loader app, which its own board does in
 * the kernel. */
#include <boards/qemu-virt/machine.h>
#include <chips/common/plic.h>
#include <chips/virt/pflash.h>
#include <loader/app_loader.h>
#include <loader/line.h>
#include <loader/loader.h>
#include <loader/process_info.h>

#define SLOTS 8

/* ---- hardware -------------------------------------------------------------- */

static const struct irq irqs[] = {
    MACHINE_UART_IRQ,
};

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

static const struct loader_policy loader_policy = {
    .identity = IDENTITY_BY_HEADER,
    .trial_ms = 10000,
    .idle_ms = 60000,
};

static ALIGNED(4) uint8_t store_buffer[256];
static const struct store_place place = {
    .flash = &pflash.flash,
    .geometry = &pflash_geometry,
    .base = (const uint8_t *)APP_FLASH,
    .layout = &layout,
    .buffer = store_buffer,
    .buffer_size = sizeof store_buffer,
};

inline const struct store_place *store_place(const struct store *store)
{
    (void)store;
    return &place;
}

static struct loader loader;
static const struct loader_config config = {
    .policy = &loader_policy,
};

inline const struct loader_config *loader_config(const struct loader *l)
{
    (void)l;
    return &config;
}

/* ---- drivers ---------------------------------------------------------------- */

static struct process_info_driver process_info;
static struct app_loader app_loader;
static struct line line;

/* Who may install apps. This board demands no credentials, so a ShortId is what
 * an app says it is: a board for trying things out. */
static const struct authority_line installers[] = {
    { 0x10AD0001, AUTHORITY_ANY_KEY },
    { 0x10AD0002, AUTHORITY_ANY_KEY },
};

static const struct driver drivers[] = {
    { DRIVER_PROCESS_INFO, &process_info_ops, &process_info,
      &process_info.grant },
    { DRIVER_APP_LOADER, &app_loader_ops, &app_loader, &app_loader.grant },
    { DRIVER_APP_LOADER_MORE, &app_loader_more_ops, &app_loader,
      &app_loader.more_grant },
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
    process_info_init(&process_info, NULL, 0);
    app_loader_init(&app_loader, &loader, installers, ARRAY_COUNT(installers));

    line_init(&line, &app_loader, &live_board, &loader, &machine_line.frames);

    kernel_init();
    plic_init(irqs, ARRAY_COUNT(irqs));
    pflash_init(&pflash, APP_FLASH, __app_flash_start);
    loader_boot(&loader, ktime_now_low());
    machine_operator_init();
    kernel_run();
}

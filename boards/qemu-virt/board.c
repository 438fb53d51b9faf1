/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU virt: the wiring. main() is the table of contents. */
#include <berth/hil/chip.h>
#include <boards/qemu-virt/kept.h>
#include <boards/qemu-virt/machine.h>
#include <chips/common/plic.h>
#include <chips/virt/cycles.h>
#include <chips/virt/goldfish_rtc.h>
#include <chips/virt/pflash.h>
#include <drivers/crc.h>
#include <drivers/cycle_count.h>
#include <drivers/date_time.h>
#include <drivers/read_only_state.h>
#include <kernel/ipc.h>
#include <loader/app_loader.h>
#include <loader/boot_mode.h>
#include <loader/live.h>
#include <loader/loader.h>
#include <loader/process_info.h>

#define SLOTS 8

/* ---- hardware -------------------------------------------------------------- */

static struct goldfish_rtc rtc = {
    .rtc = { .ops = &goldfish_rtc_ops },
    .base = 0x00101000,
};

static const struct irq irqs[] = {
    MACHINE_UART_IRQ,
};

/* ---- app flash ------------------------------------------------------------------ */

static struct pflash pflash;

static const struct loader_policy loader_policy = {
    .identity = IDENTITY_BY_HEADER,
    .trial_ms = 10000,
    .idle_ms = 60000,
};

static ALIGNED(4) uint8_t store_buffer[256] SECTION(".noinit");
static const struct store_place place = {
    .flash = &flash_ports[FLASH_OF_APPS].flash,
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

static struct read_only_state read_only_state;
static struct process_info_driver process_info;
static struct ipc ipc;
static struct app_loader app_loader;

/* Who may install apps. This board demands no credentials, so a ShortId is what
 * an app says it is: a board for trying things out. */
static const struct authority_line installers[] = {
    { 0x10AD0001, AUTHORITY_ANY_KEY },
    { 0x10AD0002, AUTHORITY_ANY_KEY },
};

static struct crc_driver crc;
static struct date_time_driver date_time;
static struct cycle_count cycle_count = { .cycles = &mcycle_cycles };

static const struct driver drivers[] = {
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    { DRIVER_PROCESS_INFO, &process_info_ops, &process_info,
      &process_info.grant },
    { DRIVER_IPC, &ipc_ops, &ipc, &ipc.grant },
    { DRIVER_APP_LOADER, &app_loader_ops, &app_loader, &app_loader.grant },
    { DRIVER_APP_LOADER_MORE, &app_loader_more_ops, &app_loader,
      &app_loader.more_grant },
    { DRIVER_CRC, &crc_ops, &crc, &crc.grant },
    { DRIVER_DATE_TIME, &date_time_ops, &date_time, &date_time.grant },
    { DRIVER_CYCLE_COUNT, &cycle_count_ops, &cycle_count, NULL },
    KEPT_DRIVERS,
    MACHINE_DRIVERS,
};

/* ---- kernel ----------------------------------------------------------------- */

static struct process_slot slots[SLOTS];
static uint32_t budgets[SLOTS];
static struct sched sched = { .budget = budgets };
static struct ram_range reserved[SLOTS];

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("qemu-virt", drivers, slots, reserved),
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .fault = { .action = FAULT_STOP },
    .ipc = &ipc,
};

/* ---- live loading ------------------------------------------------------------- */

static struct live live;
_Static_assert(sizeof live + sizeof machine_line + PROTO_BODY_MAX -
                       PROTO_PAGE <=
                   1024,
               "the protocol takes more than 1 KiB of RAM beside a page");
static const struct live_board live_board = {
    .name = "qemu-virt",
    .version = kernel_version,
    .flash = APP_FLASH,
    .ram_start = (uint32_t)__app_ram_start,
    .ram_end = (uint32_t)__app_ram_end,
};

/* ---- bootloader mode ------------------------------------------------------------ */

static struct boot_request boot_request SECTION(".noinit");

static void bootloader_order(void)
{
    boot_request_make(&boot_request);
    machine_reset();
}

static struct boot_mode boot_mode SECTION(".noinit");
static const struct bootloader_attribute attributes[] = {
    { "board", "qemu-virt" },
    { "arch", "rv32imac" },
    { "appaddr", "0x22000000" },
    { "pagesize", "512" },
};
static const struct boot_mode_board boot_mode_board = {
    .line = &machine_uart.uart,
    .store = &loader.store,
    .flash = APP_FLASH,
    .info = "{\"version\":\"1.1.3\", \"start_address\":\"0x22000000\", "
            "\"name\":\"Berth on qemu-virt\"}",
    .attributes = attributes,
    .attribute_count = ARRAY_COUNT(attributes),
    .leave = machine_reset,
};

#define KNOCK_SECONDS 2
static struct boot_knock knock SECTION(".noinit");

MACHINE_OPERATOR(.bootloader = bootloader_order, .kept = kept_order)

int main(void)
{
    machine_init(boot_knock_receive, &knock);
    read_only_state_init(&read_only_state);
    process_info_init(&process_info, NULL, 0);
    ipc_init(&ipc);
    app_loader_init(&app_loader, &loader, installers, ARRAY_COUNT(installers));
    crc_init(&crc);
    goldfish_rtc_init(&rtc);
    date_time_init(&date_time, &rtc.rtc);
    kept_wire(&loader.store, loader_policy.identity, NULL, &machine_mux.port);

    kernel_init();
    plic_init(irqs, ARRAY_COUNT(irqs));
    pflash_init(&pflash, APP_FLASH, __app_flash_start);
    kept_wire_flash(&pflash.flash);
    if (boot_request_take(&boot_request)) {
        boot_mode_init(&boot_mode, &boot_mode_board);
        kernel_run();
    }
    loader_boot(&loader, ktime_now_low());
    knock = (struct boot_knock){ bootloader_order,
                                 operator_receive,
                                 &machine_operator,
                                 ktime_now_low(),
                                 KNOCK_SECONDS * chip_timer_hz,
                                 false };
    live_init(&live, &live_board, &loader, &machine_line.frames);
    machine_operator_init();
    kernel_run();
}

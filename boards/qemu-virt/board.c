/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU virt: the wiring. main() is the table of contents. */
#include <berth/hil/chip.h>
#include <boards/common/apps.h>
#include <boards/qemu-virt/config.h>
#include <boards/qemu-virt/flash_plan.h>
#include <boards/qemu-virt/machine.h>
#include <chips/common/plic.h>
#include <chips/virt/cycles.h>
#include <chips/virt/goldfish_rtc.h>
#include <chips/virt/pflash.h>
#include <drivers/crc.h>
#include <drivers/cycle_count.h>
#include <drivers/date_time.h>
#include <drivers/read_only_state.h>
#include <loader/boot_mode.h>
#include <loader/live.h>

/* ---- hardware -------------------------------------------------------------- */

static struct goldfish_rtc rtc = {
    .rtc = { .ops = &goldfish_rtc_ops },
    .base = 0x00101000,
};

/* ---- app flash ------------------------------------------------------------------ */

static struct pflash pflash;

const struct store_place apps_place = {
    APPS_PLACE(&flash_ports[FLASH_OF_APPS].flash, &pflash_geometry, APP_FLASH,
               &layout),
};

const struct loader_config apps_config = {
    .policy = &apps_policy,
};

/* ---- drivers ---------------------------------------------------------------- */

static struct read_only_state read_only_state;
struct ipc board_ipc;

static struct crc_driver crc;
static struct date_time_driver date_time;
static struct cycle_count cycle_count = { .cycles = &mcycle_cycles };

const struct driver board_drivers[BOARD_DRIVERS] = {
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    APPS_DRIVERS,
    { DRIVER_IPC, &ipc_ops, &board_ipc, &board_ipc.grant },
    { DRIVER_CRC, &crc_ops, &crc, &crc.grant },
    { DRIVER_DATE_TIME, &date_time_ops, &date_time, &date_time.grant },
    { DRIVER_CYCLE_COUNT, &cycle_count_ops, &cycle_count, NULL },
    KEPT_DRIVERS,
    MACHINE_DRIVERS,
};

/* ---- what the kernel works on: see config.c ------------------------------------ */

struct process_slot board_slots[BOARD_SLOTS];
struct ram_range board_reserved[BOARD_SLOTS];
static uint32_t budgets[BOARD_SLOTS];
struct sched board_sched = { .budget = budgets };

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
    .store = &apps_loader.store,
    .flash = APP_FLASH,
    .bootloader = {
        .apps_start = APP_FLASH,
        .apps_end = APP_FLASH + APP_SECTORS * SECTOR,
        .info = "{\"version\":\"1.1.3\", \"start_address\":\"0x22000000\", "
                "\"name\":\"Berth on qemu-virt\"}",
        .attributes = attributes,
        .attribute_count = ARRAY_COUNT(attributes),
    },
    .leave = machine_reset,
};

#define KNOCK_SECONDS 2
static struct boot_knock knock SECTION(".noinit");

MACHINE_OPERATOR(.bootloader = bootloader_order, .kept = kept_order)

int main(void)
{
    machine_init(boot_knock_receive, &knock);
    read_only_state_init(&read_only_state);
    apps_wire_open();
    ipc_init(&board_ipc);
    crc_init(&crc);
    goldfish_rtc_init(&rtc);
    date_time_init(&date_time, &rtc.rtc);
    kept_wire(&apps_loader.store, apps_policy.identity, NULL,
              &machine_mux.port);

    kernel_init();
    plic_init();
    pflash_init(&pflash, APP_FLASH, __app_flash_start);
    kept_wire_flash(&pflash.flash);
    if (boot_request_take(&boot_request)) {
        boot_mode_init(&boot_mode, &boot_mode_board);
        kernel_run();
    }
    loader_boot(&apps_loader, ktime_now_low());
    knock = (struct boot_knock){ bootloader_order,
                                 operator_receive,
                                 &machine_operator,
                                 ktime_now_low(),
                                 KNOCK_SECONDS * chip_timer_hz(),
                                 false };
    live_init(&live, &live_board, &apps_loader, &machine_line.frames);
    machine_operator_init();
    kernel_run();
}

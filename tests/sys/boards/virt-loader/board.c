/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU virt with live loading by the loader app, which its own board does in
 * the kernel. */
#include <boards/qemu-virt/machine.h>
#include <chips/common/counters.h>
#include <chips/common/plic.h>
#include <chips/virt/pflash.h>
#include <chips/virt/uart16550.h>
#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/framed_uart.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <kernel/kernel.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/trace.h>
#include <loader/app_loader.h>
#include <loader/console.h>
#include <loader/line.h>
#include <loader/loader.h>
#include <loader/process_info.h>

#define SLOTS 8

/* memory.ld */
extern uint8_t __app_ram_start[], __app_ram_end[];
extern uint8_t __app_flash_start[], __app_flash_end[];

/* ---- hardware -------------------------------------------------------------- */

uint32_t chip_timer_hz = 10000000;

static struct uart16550 uart0 = {
    .uart = { .ops = &uart16550_ops },
    .base = 0x10000000,
};

static const struct irq irqs[] = {
    { 10, uart16550_serve, &uart0 },
};

static bool led_on[2];
static const struct log_led led0 = { { &log_led_ops }, "0", &led_on[0] };
static const struct log_led led1 = { { &log_led_ops }, "1", &led_on[1] };
static const struct led *const leds[] = { &led0.led, &led1.led };

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

static struct framed_uart framed;
static uint8_t frame_body[PROTO_BODY_MAX] SECTION(".noinit");
static struct mux mux;
static struct console console;
static struct alarm_driver alarm_driver;
static struct led_driver led_driver = { leds, ARRAY_COUNT(leds) };
static struct low_level_debug debug;
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
    { DRIVER_ALARM, &alarm_ops, &alarm_driver, &alarm_driver.grant },
    { DRIVER_LED, &led_driver_ops, &led_driver, NULL },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
    { DRIVER_PROCESS_INFO, &process_info_ops, &process_info,
      &process_info.grant },
    { DRIVER_APP_LOADER, &app_loader_ops, &app_loader, &app_loader.grant },
    { DRIVER_APP_LOADER_MORE, &app_loader_more_ops, &app_loader,
      &app_loader.more_grant },
    { DRIVER_LOADER_LINE, &line_ops, &line, &line.grant },
    { DRIVER_CONSOLE, &console_ops, &console, &console.grant },
};

/* ---- kernel ----------------------------------------------------------------- */

static struct process_slot slots[SLOTS];
static uint32_t budgets[SLOTS];
static struct sched sched = { .budget = budgets };
static struct ram_range reserved[SLOTS];
static uint8_t log_ring[2048] SECTION(".noinit");
static struct trace_entry trace_ring[32] SECTION(".noinit");

static void panic_put(uint8_t byte)
{
    framed.uart.ops->put(&framed.uart, byte);
}

const struct kernel_config kernel_config = {
    .board = "virt-loader",
    .drivers = drivers,
    .driver_count = ARRAY_COUNT(drivers),
    .slots = slots,
    .slot_count = SLOTS,
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .slice_ms = 10,
    .fault = { .action = FAULT_STOP },
    .ram_start = (uint32_t)__app_ram_start,
    .ram_end = (uint32_t)__app_ram_end,
    .flash_start = (uint32_t)__app_flash_start,
    .flash_end = (uint32_t)__app_flash_end,
    .reserved = reserved,
    .reserved_cap = SLOTS,
    .trace = trace_ring,
    .trace_entries = ARRAY_COUNT(trace_ring),
    .panic_put = panic_put,
    .panic_end = machine_exit_failed,
};

/* ---- operator ---------------------------------------------------------------- */

static struct operator_console operator_console;
static char history[512];

static void panic_order(void)
{
    panic("ordered by the operator");
}

static const struct operator_board operator_board = {
    .port = &mux.port,
    .sink = &console.sink,
    .history = history,
    .history_size = sizeof history,
    .log_level = LOG_INFO,
    .version = kernel_version,
    .sections = kernel_map,
    .section_count = KERNEL_MAP_REGIONS,
    .reset = machine_reset,
    .poweroff = machine_exit_ok,
    .panic = panic_order,
};

/* ---- live loading ------------------------------------------------------------- */

static const struct live_board live_board = {
    .name = "virt-loader",
    .version = kernel_version,
    .flash = APP_FLASH,
    .ram_start = (uint32_t)__app_ram_start,
    .ram_end = (uint32_t)__app_ram_end,
};

int main(void)
{
    uart16550_init(&uart0);
    klog_init(log_ring, sizeof log_ring, LOG_DEBUG);
    counters_allow(COUNTER_CYCLE | COUNTER_INSTRET);

    framed_init(&framed, &uart0.uart, frame_body);
    mux_init(&mux, &framed.uart, operator_receive, &operator_console);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);
    process_info_init(&process_info, NULL, 0);
    app_loader_init(&app_loader, &loader, installers, ARRAY_COUNT(installers));

    line_init(&line, &app_loader, &live_board, &loader, &framed.frames);

    kernel_init();
    plic_init(irqs, ARRAY_COUNT(irqs));
    pflash_init(&pflash, APP_FLASH, __app_flash_start);
    loader_boot(&loader, ktime_now_low());
    operator_init(&operator_console, &operator_board);
    kernel_run();
}

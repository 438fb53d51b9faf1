/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU virt: the wiring. main() is the table of contents. */
#include <boards/qemu-virt/kept.h>
#include <boards/qemu-virt/machine.h>
#include <chips/common/counters.h>
#include <chips/common/plic.h>
#include <chips/virt/cycles.h>
#include <chips/virt/goldfish_rtc.h>
#include <chips/virt/pflash.h>
#include <chips/virt/uart16550.h>
#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/crc.h>
#include <drivers/cycle_count.h>
#include <drivers/date_time.h>
#include <drivers/framed_uart.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <drivers/read_only_state.h>
#include <kernel/ipc.h>
#include <kernel/kernel.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/trace.h>
#include <loader/app_loader.h>
#include <loader/boot_mode.h>
#include <loader/console.h>
#include <loader/live.h>
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

static struct goldfish_rtc rtc = {
    .rtc = { .ops = &goldfish_rtc_ops },
    .base = 0x00101000,
};

static const struct irq irqs[] = {
    { 10, uart16550_serve, &uart0 },
};

static bool led_on[2];
static const struct log_led led0 = { { &log_led_ops }, "0", &led_on[0] };
static const struct log_led led1 = { { &log_led_ops }, "1", &led_on[1] };
static const struct led *const leds[] = { &led0.led, &led1.led };

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

static struct framed_uart line;
static uint8_t frame_body[PROTO_BODY_MAX] SECTION(".noinit");
static struct mux mux;
static struct console console;
static struct alarm_driver alarm_driver;
static struct led_driver led_driver = { leds, ARRAY_COUNT(leds) };
static struct low_level_debug debug;
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
    { DRIVER_ALARM, &alarm_ops, &alarm_driver, &alarm_driver.grant },
    { DRIVER_LED, &led_driver_ops, &led_driver, NULL },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
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
    line.uart.ops->put(&line.uart, byte);
}

const struct kernel_config kernel_config = {
    .board = "qemu-virt",
    .drivers = drivers,
    .driver_count = ARRAY_COUNT(drivers),
    .slots = slots,
    .slot_count = SLOTS,
    .scheduler = &sched_round_robin,
    .sched = &sched,
    .slice_ms = 10,
    .fault = { .action = FAULT_STOP },
    .ipc = &ipc,
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
static char history[512] SECTION(".noinit");

static void panic_order(void)
{
    panic("ordered by the operator");
}

static struct boot_request boot_request SECTION(".noinit");

static void bootloader_order(void)
{
    boot_request_make(&boot_request);
    machine_reset();
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
    .bootloader = bootloader_order,
    .poweroff = machine_exit_ok,
    .panic = panic_order,
};

/* ---- live loading ------------------------------------------------------------- */

static struct live live;
static const struct live_board live_board = {
    .name = "qemu-virt",
    .version = kernel_version,
    .flash = APP_FLASH,
    .ram_start = (uint32_t)__app_ram_start,
    .ram_end = (uint32_t)__app_ram_end,
};

/* ---- bootloader mode ------------------------------------------------------------ */

static struct boot_mode boot_mode SECTION(".noinit");
static const struct bootloader_attribute attributes[] = {
    { "board", "qemu-virt" },
    { "arch", "rv32imac" },
    { "appaddr", "0x22000000" },
    { "pagesize", "512" },
};
static const struct boot_mode_board boot_mode_board = {
    .line = &uart0.uart,
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

int main(void)
{
    uart16550_init(&uart0);
    klog_init(log_ring, sizeof log_ring, LOG_DEBUG);
    counters_allow(COUNTER_CYCLE | COUNTER_INSTRET);

    framed_init(&line, &uart0.uart, frame_body);
    mux_init(&mux, &line.uart, boot_knock_receive, &knock);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);
    read_only_state_init(&read_only_state);
    process_info_init(&process_info, NULL, 0);
    ipc_init(&ipc);
    app_loader_init(&app_loader, &loader, installers, ARRAY_COUNT(installers));
    crc_init(&crc);
    goldfish_rtc_init(&rtc);
    date_time_init(&date_time, &rtc.rtc);
    kept_wire(&loader.store, loader_policy.identity, NULL);

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
                                 &operator_console,
                                 ktime_now_low(),
                                 KNOCK_SECONDS * chip_timer_hz,
                                 false };
    live_init(&live, &live_board, &loader, &line.frames);
    operator_init(&operator_console, &operator_board);
    kernel_run();
}

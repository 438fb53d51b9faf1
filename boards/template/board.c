/* SPDX-License-Identifier: Apache-2.0 */
/* An empty port: the wiring of a board with a serial line and nothing else.
 * main() is the table of contents. */
#include <chips/template/missing.h>
#include <chips/template/uart.h>
#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <kernel/kernel.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <loader/boot.h>
#include <loader/console.h>

/* linker/kernel.ld, from memory.ld */
extern uint8_t __app_ram_start[], __app_ram_end[];
extern uint8_t __app_flash_start[], __app_flash_end[];

#define SLOTS 4 /* apps at once */

/* ---- hardware -------------------------------------------------------------- */

#define UART_HZ 16000000u

static struct template_uart uart0 = {
    .uart = { .ops = &template_uart_ops },
    .base = 0x10013000,
};

/* Watchdogs off or fed, the clock that the UART is told of, pins that belong to
 * the UART, then the UART: from here on a panic is heard. */
static void hardware_init(void)
{
    template_uart_init(&uart0, UART_HZ, 115200);
}

/* Who interrupts is served by whom: see chips/common/irq.h, and plic_init(). From
 * here on interrupts come. */
static void interrupts_init(void)
{
    missing("write interrupts_init() in boards/template/board.c");
}

/* ---- drivers ---------------------------------------------------------------- */

static struct mux mux;
static struct console console;
static struct alarm_driver alarm_driver;
static struct low_level_debug debug;

static const struct driver drivers[] = {
    { DRIVER_ALARM, &alarm_ops, &alarm_driver, &alarm_driver.grant },
    { DRIVER_CONSOLE, &console_ops, &console, &console.grant },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
};

/* ---- kernel ----------------------------------------------------------------- */

static struct process_slot slots[SLOTS];
static uint32_t budgets[SLOTS];
static struct sched sched = { .budget = budgets };
static struct ram_range reserved[SLOTS];
static uint8_t log_ring[512] SECTION(".noinit");

static void panic_put(uint8_t byte)
{
    uart0.uart.ops->put(&uart0.uart, byte);
}

/* After the last words: reset, or stay. May return, and is called again then. */
static void panic_end(void)
{
}

const struct kernel_config kernel_config = {
    .board = "template",
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
    .log = log_ring,
    .log_size = sizeof log_ring,
    .log_level = LOG_INFO,
    .panic_put = panic_put,
    .panic_end = panic_end,
};

/* ---- operator ---------------------------------------------------------------- */

static struct operator_console operator_console;
static char history[128];

static const struct operator_board operator_board = {
    .port = &mux.port,
    .sink = &console.sink,
    .history = history,
    .history_size = sizeof history,
    .log_level = LOG_INFO,
    .version = kernel_version,
    .sections = kernel_map,
    .section_count = KERNEL_MAP_REGIONS,
};

inline const struct operator_board *operator_config(void)
{
    return &operator_board;
}

int main(void)
{
    hardware_init();

    mux_init(&mux, &uart0.uart, operator_receive, &operator_console);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);

    kernel_init();
    interrupts_init();
    chain_boot(kernel_config.flash_start, kernel_config.flash_end);
    operator_init(&operator_console);
    kernel_run();
}

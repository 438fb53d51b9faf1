/* SPDX-License-Identifier: Apache-2.0 */
/* HiFive1 Rev B without a store: the wiring. main() is the table of contents. */
#include <arch/semihosting.h>
#include <chips/common/counters.h>
#include <chips/common/plic.h>
#include <chips/sifive-e/clock.h>
#include <chips/sifive-e/gpio.h>
#include <chips/sifive-e/prci.h>
#include <chips/sifive-e/uart.h>
#include <chips/sifive-e/watchdog.h>
#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <kernel/kernel.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/trace.h>
#include <loader/boot.h>
#include <loader/console.h>

#define SLOTS 4

/* ---- hardware -------------------------------------------------------------- */

#define UART0_PINS (3u << 16)

static struct sifive_uart uart0 = {
    .uart = { .ops = &sifive_uart_ops },
    .base = 0x10013000,
};

static const struct irq irqs[] = {
    { 3, sifive_uart_serve, &uart0 },
};

/* Red, green, blue. */
static const struct gpio_led lamps[] = {
    { { &gpio_led_ops }, 22 },
    { { &gpio_led_ops }, 19 },
    { { &gpio_led_ops }, 21 },
};
static const struct led *const leds[] = { &lamps[0].led, &lamps[1].led,
                                          &lamps[2].led };

static void hardware_init(void)
{
    watchdog_off();
    counters_allow(0);
    prci_use_crystal();
    clock_init();
    gpio_function0(UART0_PINS);
    sifive_uart_init(&uart0, PRCI_CRYSTAL_HZ, 115200);
    for (uint32_t i = 0; i < ARRAY_COUNT(lamps); i++)
        gpio_led_init(&lamps[i]);
}

/* ---- drivers ---------------------------------------------------------------- */

static struct mux mux;
static struct console console;
static struct alarm_driver alarm_driver;
static struct led_driver led_driver = { leds, ARRAY_COUNT(leds) };
static struct low_level_debug debug;

static const struct driver drivers[] = {
    { DRIVER_ALARM, &alarm_ops, &alarm_driver, &alarm_driver.grant },
    { DRIVER_CONSOLE, &console_ops, &console, &console.grant },
    { DRIVER_LED, &led_driver_ops, &led_driver, NULL },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
};

/* ---- kernel ----------------------------------------------------------------- */

static struct process_slot slots[SLOTS];
static uint32_t budgets[SLOTS];
static struct sched sched;
static struct ram_range reserved[SLOTS];
static uint8_t log_ring[256] SECTION(".noinit");
static struct trace_entry trace_ring[8] SECTION(".noinit");

static void panic_put(uint8_t byte)
{
    uart0.uart.ops->put(&uart0.uart, byte);
}

/* An emulator learns of the end; a board by itself stops. */
static void panic_end(void)
{
    semihosting_exit(3);
}

static void poweroff(void)
{
    semihosting_exit(0);
}

const struct kernel_config kernel_config = {
    .board = "hifive1-static",
    .drivers = drivers,
    .driver_count = ARRAY_COUNT(drivers),
    .slots = slots,
    .slot_count = SLOTS,
    .scheduler = &sched_round_robin_small,
    .sched = &sched,
    .slice_ms = 10,
    .lean = true,
    .fault = { .action = FAULT_STOP },
    .ram_start = MEMORY_APP_RAM,
    .ram_end = MEMORY_APP_RAM + MEMORY_APP_RAM_SIZE,
    .flash_start = MEMORY_APP_FLASH,
    .flash_end = MEMORY_APP_FLASH + MEMORY_APP_FLASH_SIZE,
    .reserved = reserved,
    .reserved_cap = SLOTS,
    .trace = trace_ring,
    .trace_entries = ARRAY_COUNT(trace_ring),
    .panic_put = panic_put,
    .panic_end = panic_end,
};

/* ---- operator ---------------------------------------------------------------- */

static struct operator_console operator_console;
static char history[96];

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
    .reset = watchdog_reset,
    .poweroff = poweroff,
    .panic = panic_order,
};

inline const struct operator_board *operator_config(void)
{
    return &operator_board;
}

int main(void)
{
    hardware_init();
    klog_init(log_ring, sizeof log_ring, LOG_INFO);

    mux_init(&mux, &uart0.uart, operator_receive, &operator_console);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);

    sched.budget = budgets; /* cheaper than initialised data */
    kernel_init();
    plic_init(irqs, ARRAY_COUNT(irqs));
    chain_boot(kernel_config.flash_start, kernel_config.flash_end);
    operator_init(&operator_console);
    kernel_run();
}

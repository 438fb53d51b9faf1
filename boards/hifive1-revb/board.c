/* SPDX-License-Identifier: Apache-2.0 */
/* HiFive1 Rev B: the wiring. main() is the table of contents. */
#include <arch/semihosting.h>
#include <chips/common/counters.h>
#include <chips/common/plic.h>
#include <chips/common/spi_nor.h>
#include <chips/sifive-e/clock.h>
#include <chips/sifive-e/gpio.h>
#include <chips/sifive-e/kept_uart.h>
#include <chips/sifive-e/prci.h>
#include <chips/sifive-e/spi_flash.h>
#include <chips/sifive-e/watchdog.h>
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
#include <loader/console.h>
#include <loader/live.h>
#include <loader/loader.h>

#define SLOTS 4

/* ---- hardware -------------------------------------------------------------- */

#define UART0_PINS (3u << 16)

static struct kept_uart uart0 = {
    .device = { .uart = { .ops = &kept_uart_ops }, .base = 0x10013000 },
};

static const struct irq irqs[] = {
    { 3, sifive_uart_serve, &uart0.device },
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
    sifive_uart_init(&uart0.device, PRCI_CRYSTAL_HZ, 115200);
    for (uint32_t i = 0; i < ARRAY_COUNT(lamps); i++)
        gpio_led_init(&lamps[i]);
}

/* ---- app flash -------------------------------------------------------------- */

/* 4 MiB: bootloader, kernel, from 0x40000 on apps, and at the end what keeps
 * them. A journal of four sectors is erased half as often as one of two, and
 * rewrites take turns in two spare ones. */
#define SECTORS (FLASH_SIZE / SPI_NOR_SECTOR)
#define FLASH 0x20000000u
#define FLASH_SIZE (4u << 20)

static const struct flash_geometry flash_geometry = {
    .size = FLASH_SIZE,
    .sector_size = SPI_NOR_SECTOR,
    .word_size = 4,
    .burst = SPI_NOR_PAGE,
    .reprogram = true,
    .read_while_busy = false,
};

static struct spi_port spi0 = { 0x10014000, &uart0 };

static struct spi_nor flash = {
    .flash = { .ops = &spi_nor_ops,
               .geometry = &flash_geometry,
               .base = (const uint8_t *)FLASH },
    .port = &spi0,
};

static const struct store_layout layout = {
    .journal = (SECTORS - 4) * SPI_NOR_SECTOR,
    .journal_sectors = 4,
    .spare = (SECTORS - 6) * SPI_NOR_SECTOR,
    .spare_sectors = 2,
    .start = MEMORY_APP_FLASH - FLASH,
    .end = (SECTORS - 6) * SPI_NOR_SECTOR,
};

static const struct loader_policy loader_policy = {
    .identity = IDENTITY_BY_HEADER,
    .trial_ms = 10000,
    .idle_ms = 60000,
};

static ALIGNED(4) uint8_t store_buffer[STORE_BUFFER_MIN] SECTION(".noinit");
static const struct store_place place = {
    .flash = &flash.flash,
    .geometry = &flash_geometry,
    .base = (const uint8_t *)FLASH,
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

/* QEMU has no controller: there apps are what was put into its memory. */
static void flash_init(void)
{
    uint32_t id = 0;
    if (!spi_flash_init(&spi0, PRCI_CRYSTAL_HZ))
        klog(LOG_WARN, "no flash controller: nothing can be installed");
    else if (spi_nor_probe(&flash, &id) != OK)
        klog(LOG_ERROR, "flash chip %lx is none of 4 MiB", (unsigned long)id);
}

/* ---- drivers ---------------------------------------------------------------- */

static struct framed_uart line;
static uint8_t frame_body[PROTO_BODY_MAX] SECTION(".noinit");
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
static struct trace_entry trace_ring[4] SECTION(".noinit");

static void panic_put(uint8_t byte)
{
    line.uart.ops->put(&line.uart, byte);
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
    .board = "hifive1-revb",
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

/* ---- live loading ------------------------------------------------------------- */

static struct live live;
_Static_assert(sizeof live + sizeof line + sizeof frame_body - PROTO_PAGE <=
                   1024,
               "the protocol takes more than 1 KiB of RAM beside a page");
static const struct live_board live_board = {
    .name = "hifive1-revb",
    .version = kernel_version,
    .flash = FLASH,
    .ram_start = MEMORY_APP_RAM,
    .ram_end = MEMORY_APP_RAM + MEMORY_APP_RAM_SIZE,
};

/* Not inlined: what it has on the stack is not kept while apps run. */
static NOINLINE void boot(void)
{
    hardware_init();
    klog_init(log_ring, sizeof log_ring, LOG_INFO);

    framed_init(&line, &uart0.device.uart, frame_body);
    mux_init(&mux, &line.uart, operator_receive, &operator_console);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);

    sched.budget = budgets; /* cheaper than initialised data */
    kernel_init();
    plic_init(irqs, ARRAY_COUNT(irqs));
    flash_init();
    loader_boot(&loader, ktime_now_low());
    live_init(&live, &live_board, &loader, &line.frames);
    operator_init(&operator_console);
}

int main(void)
{
    boot();
    kernel_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ESP32-C3-DevKitM-1 and DevKitC-02: the wiring. main() is the table of
 * contents. */
#include <arch/semihosting.h>
#include <boards/common/apps.h>
#include <boards/esp32-c3-devkit/flash_plan.h>
#include <boards/esp32-c3-devkit/line.h>
#include <chips/common/noise_entropy.h>
#include <chips/esp32c3/clock.h>
#include <chips/esp32c3/flash_map.h>
#include <chips/esp32c3/gpio.h>
#include <chips/esp32c3/intc.h>
#include <chips/esp32c3/performance.h>
#include <chips/esp32c3/rng.h>
#include <chips/esp32c3/spi_flash.h>
#include <chips/esp32c3/systimer.h>
#include <chips/esp32c3/watchdog.h>
#include <chips/esp32c3/ws2812.h>
#include <crypto/bearssl_digest.h>
#include <drivers/alarm.h>
#include <drivers/button.h>
#include <drivers/console.h>
#include <drivers/crc.h>
#include <drivers/framed_uart.h>
#include <drivers/gpio.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <drivers/read_only_state.h>
#include <drivers/rng.h>
#include <kernel/ipc.h>
#include <kernel/kernel.h>
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/trace.h>
#include <loader/console.h>
#include <loader/live.h>

#define SLOTS 8

/* memory.ld */
extern uint8_t __app_ram_start[], __app_ram_end[];

/* ---- hardware -------------------------------------------------------------- */

#define PIN(n) [n] = { { .ops = &esp_pin_ops }, (n) }
#define BOOT_BUTTON 9

/* Those of the flash, of USB and of UART0 are not for apps, nor is 8, where the
 * coloured LED wants a serial signal. */
static struct esp_pin gpio[] = {
    PIN(0), PIN(1), PIN(2), PIN(3),  PIN(4),
    PIN(5), PIN(6), PIN(7), PIN(10), PIN(BOOT_BUTTON),
};
static struct gpio_pin *const pins[] = {
    &gpio[0].pin, &gpio[1].pin, &gpio[2].pin,  &gpio[3].pin,
    &gpio[4].pin, &gpio[5].pin, &gpio[6].pin,  &gpio[7].pin,
    NULL,         NULL,         &gpio[10].pin,
};
static const struct button buttons[] = {
    { &gpio[BOOT_BUTTON].pin, GPIO_PULL_UP, true },
};
static struct esp_pin *const served[] = {
    &gpio[0], &gpio[1], &gpio[2], &gpio[3],           &gpio[4],
    &gpio[5], &gpio[6], &gpio[7], &gpio[BOOT_BUTTON], &gpio[10],
};
static struct esp_gpio gpio_block = { served, ARRAY_COUNT(served) };

/* Red, green, blue: all in one, on GPIO8. */
static struct esp_pin lamp_pin = { { .ops = &esp_pin_ops }, 8 };
static struct ws2812 lamp = { .pin = &lamp_pin };
static const struct ws2812_led lamps[] = {
    { { &ws2812_led_ops }, &lamp, WS2812_RED },
    { { &ws2812_led_ops }, &lamp, WS2812_GREEN },
    { { &ws2812_led_ops }, &lamp, WS2812_BLUE },
};
static const struct led *const leds[] = { &lamps[0].led, &lamps[1].led,
                                          &lamps[2].led };

static struct irq irqs[] = {
    { 0, line_serve, NULL },
    { ESP_GPIO_SOURCE, esp_gpio_serve, &gpio_block },
};
IRQ_TABLE_OF(irqs)

/* At least one bit in eight is counted on. */
static struct noise_entropy entropy = {
    .noise = &esp_rng,
    .health = { .repetition_cutoff = 21, .proportion_cutoff = 311 },
    .hash = &bearssl_sha256,
    .samples = 8 * 32 + 64,
};

/* ---- app flash -------------------------------------------------------------- */

static struct spi_port spi1;

static struct spi_nor flash = {
    .flash = { .ops = &spi_nor_ops,
               .geometry = &flash_geometry,
               .base = (const uint8_t *)FLASH_DATA },
    .port = &spi1,
};

const struct store_place apps_place = {
    APPS_PLACE(&flash_ports[FLASH_OF_APPS].flash, &flash_geometry, FLASH_DATA,
               &layout),
};

const struct loader_config apps_config = {
    .policy = &apps_policy,
};

static void flash_init(void)
{
    uint32_t id = 0;
    if (spi_nor_probe(&flash, &id) != OK)
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
static struct read_only_state read_only_state;
static struct ipc ipc;
static struct crc_driver crc;
static struct gpio_driver gpio_driver;
static struct button_driver button_driver;
static struct rng_driver rng;

static const struct driver drivers[] = {
    { DRIVER_ALARM, &alarm_ops, &alarm_driver, &alarm_driver.grant },
    { DRIVER_LED, &led_driver_ops, &led_driver, NULL },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    APPS_DRIVERS,
    { DRIVER_IPC, &ipc_ops, &ipc, &ipc.grant },
    { DRIVER_CRC, &crc_ops, &crc, &crc.grant },
    { DRIVER_GPIO, &gpio_driver_ops, &gpio_driver, &gpio_driver.grant },
    { DRIVER_BUTTON, &button_driver_ops, &button_driver, &button_driver.grant },
    { DRIVER_RNG, &rng_ops, &rng, &rng.grant },
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

/* An emulator learns of the end; a board by itself stops. */
static void panic_end(void)
{
    semihosting_exit(3);
}

static void poweroff(void)
{
    semihosting_exit(0);
}

/* SRAM as code lies that much higher than as data. */
#define SRAM_CODE_SHIFT 0x700000u

const struct kernel_config kernel_config = {
    .board = "esp32-c3-devkit",
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
    .flash_start = FLASH_DATA + KERNEL_SECTORS * SPI_NOR_SECTOR,
    .flash_end = FLASH_DATA + FLASH_SIZE,
    .flash_code_shift = FLASH_CODE - FLASH_DATA,
    .ram_code_shift = SRAM_CODE_SHIFT,
    .code_in_ram = BOARD_CODE_IN_RAM,
    .reserved = reserved,
    .reserved_cap = SLOTS,
    .log = log_ring,
    .log_size = sizeof log_ring,
    .log_level = LOG_DEBUG,
    .trace = trace_ring,
    .trace_entries = ARRAY_COUNT(trace_ring),
    .panic_put = panic_put,
    .panic_end = panic_end,
};

/* ---- operator ---------------------------------------------------------------- */

static struct operator_console operator_console;
static char history[512] SECTION(".noinit");

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
    .reset = chip_reset,
    .poweroff = poweroff,
    .panic = panic_order,
    .kept = kept_order,
};

inline const struct operator_board *operator_config(void)
{
    return &operator_board;
}

/* ---- live loading ------------------------------------------------------------- */

static struct live live;
static const struct live_board live_board = {
    .name = "esp32-c3-devkit",
    .version = kernel_version,
    .flash = FLASH_CODE,
    .ram_start = (uint32_t)__app_ram_start,
    .ram_end = (uint32_t)__app_ram_end,
};

int main(void)
{
    watchdogs_off();
    clock_init();
    performance_off();
    systimer_init();
    flash_map(FLASH_SIZE);

    framed_init(&line, line_init(), frame_body);
    mux_init(&mux, &line.uart, operator_receive, &operator_console);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);
    read_only_state_init(&read_only_state);
    apps_wire_open();
    ipc_init(&ipc);
    crc_init(&crc);
    gpio_driver_init(&gpio_driver, pins, ARRAY_COUNT(pins));
    button_driver_init(&button_driver, buttons, ARRAY_COUNT(buttons));
    noise_entropy_init(&entropy);
    rng_init(&rng, &entropy.entropy);
    kept_wire(&apps_loader.store, apps_policy.identity, NULL, &mux.port);
    kept_wire_flash(&flash.flash);

    ws2812_init(&lamp);

    kernel_init();
    if (!BOARD_CODE_IN_RAM && !flash_code_gives_bytes())
        panic("this chip's flash gives no bytes to code: build with CODE=ram");
    irqs[0].source = line_source;
    intc_init();
    flash_init();
    loader_boot(&apps_loader, ktime_now_low());
    live_init(&live, &live_board, &apps_loader, &line.frames);
    operator_init(&operator_console);
    kernel_run();
}

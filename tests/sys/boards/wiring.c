/* SPDX-License-Identifier: Apache-2.0 */
/* See wiring.h. */
#include <tests/sys/boards/wiring.h>

#include <boards/qemu-virt/machine.h>
#include <chips/common/counters.h>
#include <chips/common/plic.h>
#include <chips/virt/uart16550.h>
#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <drivers/read_only_state.h>
#include <kernel/ipc.h>
#include <kernel/log.h>
#include <loader/boot.h>
#include <loader/console.h>

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

static struct mux mux;
static struct console console;
static struct alarm_driver alarm_driver;
static struct led_driver led_driver = { leds, ARRAY_COUNT(leds) };
static struct low_level_debug debug;
static struct read_only_state read_only_state;
static struct process_info_driver process_info;
struct ipc wiring_ipc;

const struct driver wiring_drivers[WIRING_DRIVERS] = {
    { DRIVER_ALARM, &alarm_ops, &alarm_driver, &alarm_driver.grant },
    { DRIVER_LED, &led_driver_ops, &led_driver, NULL },
    { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &debug, &debug.grant },
    { DRIVER_READ_ONLY_STATE, &read_only_state_ops, &read_only_state,
      &read_only_state.grant },
    { DRIVER_PROCESS_INFO, &process_info_ops, &process_info,
      &process_info.grant },
    { DRIVER_IPC, &ipc_ops, &wiring_ipc, &wiring_ipc.grant },
    { DRIVER_CONSOLE, &console_ops, &console, &console.grant },
};

struct process_slot wiring_slots[WIRING_SLOTS];
struct ram_range wiring_reserved[WIRING_SLOTS];
uint32_t wiring_budgets[WIRING_SLOTS];
static uint8_t log_ring[2048];

void wiring_panic_put(uint8_t byte)
{
    uart0.uart.ops->put(&uart0.uart, byte);
}

void wiring_panic_end(void)
{
    machine_exit_failed();
}

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
    .reset = machine_reset,
    .poweroff = machine_exit_ok,
    .panic = panic_order,
};

int main(void)
{
    uart16550_init(&uart0);
    klog_init(log_ring, sizeof log_ring, LOG_DEBUG);
    counters_allow(COUNTER_CYCLE | COUNTER_INSTRET);

    mux_init(&mux, &uart0.uart, operator_receive, &operator_console);
    console_init(&console, &mux.port);
    alarm_init(&alarm_driver);
    low_level_debug_init(&debug, &mux.port);
    read_only_state_init(&read_only_state);
    process_info_init(&process_info, board_authorities, board_authority_count);
    ipc_init(&wiring_ipc);

    kernel_init();
    plic_init(irqs, ARRAY_COUNT(irqs));
    chain_boot(kernel_config.flash_start, kernel_config.flash_end);
    operator_init(&operator_console, &operator_board);
    kernel_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's virt machine as every kernel of ours for it has it: devices, the serial
 * line that apps, operator and tools share, and ways to end it. A board adds its
 * drivers, its policies and how apps come into it. */
#ifndef BOARDS_QEMU_VIRT_MACHINE_H
#define BOARDS_QEMU_VIRT_MACHINE_H

#include <berth/compiler.h>
#include <chips/virt/uart16550.h>
#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/framed_uart.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <kernel/kernel.h>
#include <kernel/trace.h>
#include <loader/console.h>

/* memory.ld */
extern uint8_t __app_ram_start[], __app_ram_end[];
extern uint8_t __app_flash_start[], __app_flash_end[];

extern struct uart16550 machine_uart;
extern struct framed_uart machine_line; /* over that UART, for the mux */
extern struct console machine_console;
extern struct alarm_driver machine_alarm;
extern struct led_driver machine_leds; /* two, lines of the kernel log */
extern struct low_level_debug machine_debug;
extern struct mux machine_mux;
extern struct operator_console machine_operator;
extern char machine_history[512];
extern struct trace_entry machine_trace[32];
extern uint8_t machine_log[2048];

/* A row of a board's table of interrupts. */
#define MACHINE_UART_IRQ                                                       \
    {                                                                          \
        10, uart16550_serve, &machine_uart                                     \
    }

/* Rows of a board's table of drivers. */
#define MACHINE_DRIVERS                                                        \
    { DRIVER_ALARM, &alarm_ops, &machine_alarm, &machine_alarm.grant },        \
        { DRIVER_LED, &led_driver_ops, &machine_leds, NULL },                  \
        { DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &machine_debug,        \
          &machine_debug.grant },                                              \
    {                                                                          \
        DRIVER_CONSOLE, &console_ops, &machine_console, &machine_console.grant \
    }

/* Of a struct kernel_config what is no policy; behind the name the board's own
 * tables. */
#define MACHINE_KERNEL(name, driver_rows, slot_rows, reserved_rows)            \
    .board = (name), .drivers = (driver_rows),                                 \
    .driver_count = ARRAY_COUNT(driver_rows), .slots = (slot_rows),            \
    .slot_count = ARRAY_COUNT(slot_rows), .slice_ms = 10,                      \
    .ram_start = (uint32_t)__app_ram_start,                                    \
    .ram_end = (uint32_t)__app_ram_end,                                        \
    .flash_start = (uint32_t)__app_flash_start,                                \
    .flash_end = (uint32_t)__app_flash_end, .reserved = (reserved_rows),       \
    .reserved_cap = ARRAY_COUNT(reserved_rows), .log = machine_log,            \
    .log_size = sizeof machine_log, .log_level = LOG_DEBUG,                    \
    .trace = machine_trace, .trace_entries = ARRAY_COUNT(machine_trace),       \
    .panic_put = machine_panic_put, .panic_end = machine_exit_failed

/* What the operator gets here; a board adds to it. */
#define MACHINE_OPERATOR(...)                                                  \
    inline const struct operator_board *operator_config(void)                  \
    {                                                                          \
        static const struct operator_board board = {                           \
            .port = &machine_mux.port,                                         \
            .sink = &machine_console.sink,                                     \
            .history = machine_history,                                        \
            .history_size = sizeof machine_history,                            \
            .log_level = LOG_INFO,                                             \
            .version = kernel_version,                                         \
            .sections = kernel_map,                                            \
            .section_count = KERNEL_MAP_REGIONS,                               \
            .reset = machine_reset,                                            \
            .poweroff = machine_exit_ok,                                       \
            .panic = machine_panic_order,                                      \
            __VA_ARGS__                                                        \
        };                                                                     \
        return &board;                                                         \
    }

/* First in main(). Typed bytes go to `receive`. */
void machine_init(void (*receive)(void *context, const uint8_t *bytes,
                                  size_t len),
                  void *context);

/* Last before kernel_run(). */
void machine_operator_init(void);

void machine_panic_put(uint8_t byte);
void machine_panic_order(void);
void machine_exit_ok(void);
void machine_exit_failed(void);
void machine_reset(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The HiFive1 Rev B as every kernel of ours for it has it: its speed, its serial
 * line, its lamps, four drivers and four processes. A board adds what the line
 * carries and how apps come into flash (boards/hifive1-revb/live.h: while it
 * runs). */
#ifndef BOARDS_HIFIVE1_REVB_MACHINE_H
#define BOARDS_HIFIVE1_REVB_MACHINE_H

#include <berth/compiler.h>
#include <chips/sifive-e/uart.h>
#include <drivers/alarm.h>
#include <drivers/console.h>
#include <drivers/led.h>
#include <drivers/low_level_debug.h>
#include <drivers/mux.h>
#include <kernel/kernel.h>
#include <kernel/process_admin.h>
#include <kernel/trace.h>
#include <loader/operator.h>

#define MACHINE_SLOTS 4
#define MACHINE_UART 0x10013000u
#define MACHINE_UART_PINS (3u << 16)

extern struct console machine_console;
extern struct alarm_driver machine_alarm;
extern struct led_driver machine_leds; /* red, green, blue */
extern struct low_level_debug machine_debug;
extern struct mux machine_mux;
extern struct process_slot machine_slots[MACHINE_SLOTS];
extern struct ram_range machine_reserved[MACHINE_SLOTS];
extern struct sched machine_sched;
extern uint8_t machine_log[256];

/* A row of a board's table of interrupts. */
#define MACHINE_UART_IRQ(uart)                                                 \
    {                                                                          \
        3, sifive_uart_serve, (uart)                                           \
    }

/* Rows of a board's table of drivers. */
#define MACHINE_DRIVERS                                                        \
    { DRIVER_ALARM, &alarm_ops, &machine_alarm, &machine_alarm.grant },        \
        { DRIVER_CONSOLE, &console_ops, &machine_console,                      \
          &machine_console.grant },                                            \
        { DRIVER_LED, &led_driver_ops, &machine_leds, NULL },                  \
    {                                                                          \
        DRIVER_LOW_LEVEL_DEBUG, &low_level_debug_ops, &machine_debug,          \
            &machine_debug.grant                                               \
    }

/* Of a struct kernel_config what is no policy; behind the name the board's own
 * table. */
#define MACHINE_KERNEL(name, driver_rows)                                      \
    .board = (name), .drivers = (driver_rows),                                 \
    .driver_count = ARRAY_COUNT(driver_rows), .slots = machine_slots,          \
    .slot_count = MACHINE_SLOTS, .scheduler = &sched_round_robin_small,        \
    .sched = &machine_sched, .slice_ms = 10, .lean = true,                     \
    .fault = { .action = FAULT_STOP }, .ram_start = MEMORY_APP_RAM,            \
    .ram_end = MEMORY_APP_RAM + MEMORY_APP_RAM_SIZE,                           \
    .flash_start = MEMORY_APP_FLASH,                                           \
    .flash_end = MEMORY_APP_FLASH + MEMORY_APP_FLASH_SIZE,                     \
    .reserved = machine_reserved, .reserved_cap = MACHINE_SLOTS,               \
    .log = machine_log, .log_size = sizeof machine_log, .log_level = LOG_INFO, \
    .panic_put = machine_panic_put, .panic_end = machine_panic_end

/* What the operator gets here; a board adds to it. */
#define MACHINE_OPERATOR(...)                                                  \
    inline const struct operator_board *operator_config(void)                  \
    {                                                                          \
        static char history[96];                                               \
        static const struct operator_board board = {                           \
            .port = &machine_mux.port,                                         \
            .sink = &machine_console.sink,                                     \
            .history = history,                                                \
            .history_size = sizeof history,                                    \
            .log_level = LOG_INFO,                                             \
            .version = kernel_version,                                         \
            .sections = kernel_map,                                            \
            .section_count = KERNEL_MAP_REGIONS,                               \
            .poweroff = machine_poweroff,                                      \
            __VA_ARGS__                                                        \
        };                                                                     \
        return &board;                                                         \
    }

/* First in main(): at the crystal's speed, the UART's base set. */
void machine_hardware_init(struct sifive_uart *uart);

/* Then what works on `line`: that UART, or what stands before it. Typed bytes go
 * to `receive`. */
void machine_init(struct uart *line,
                  void (*receive)(void *receiver, const uint8_t *bytes,
                                  size_t len),
                  void *receiver);

void machine_panic_put(uint8_t byte);
void machine_panic_end(void);
void machine_panic_order(void);
void machine_poweroff(void);

#endif

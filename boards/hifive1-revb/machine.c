/* SPDX-License-Identifier: Apache-2.0 */
/* See machine.h. */
#include <boards/hifive1-revb/machine.h>

#include <arch/semihosting.h>
#include <chips/common/counters.h>
#include <chips/sifive-e/clock.h>
#include <chips/sifive-e/gpio.h>
#include <chips/sifive-e/prci.h>
#include <chips/sifive-e/watchdog.h>

/* ---- hardware -------------------------------------------------------------- */

static const struct gpio_led lamps[] = {
    { { &gpio_led_ops }, 22 },
    { { &gpio_led_ops }, 19 },
    { { &gpio_led_ops }, 21 },
};
static const struct led *const leds[] = { &lamps[0].led, &lamps[1].led,
                                          &lamps[2].led };

void machine_hardware_init(struct sifive_uart *uart)
{
    watchdog_off();
    counters_allow(0);
    prci_use_crystal();
    clock_init();
    gpio_function0(MACHINE_UART_PINS);
    sifive_uart_init(uart, PRCI_CRYSTAL_HZ, 115200);
    for (uint32_t i = 0; i < ARRAY_COUNT(lamps); i++)
        gpio_led_init(&lamps[i]);
}

/* ---- drivers, and what the kernel works on ----------------------------------- */

struct mux machine_mux;
struct console machine_console;
struct alarm_driver machine_alarm;
struct led_driver machine_leds = { leds, ARRAY_COUNT(leds) };
struct low_level_debug machine_debug;

struct process_slot machine_slots[MACHINE_SLOTS];
struct ram_range machine_reserved[MACHINE_SLOTS];
struct sched machine_sched;
static uint32_t budgets[MACHINE_SLOTS];
uint8_t machine_log[256] SECTION(".noinit");

void machine_init(struct uart *line,
                  void (*receive)(void *receiver, const uint8_t *bytes,
                                  size_t len),
                  void *receiver)
{
    mux_init(&machine_mux, line, receive, receiver);
    console_init(&machine_console, &machine_mux.port);
    alarm_init(&machine_alarm);
    low_level_debug_init(&machine_debug, &machine_mux.port);
    machine_sched.budget = budgets; /* cheaper than initialised data */
}

/* ---- its end ------------------------------------------------------------------ */

void machine_panic_put(uint8_t byte)
{
    struct uart *line = machine_mux.uart;
    line->ops->put(line, byte);
}

/* An emulator learns of the end; a board by itself stops. */
void machine_panic_end(void)
{
    semihosting_exit(3);
}

void machine_panic_order(void)
{
    panic("ordered by the operator");
}

void machine_poweroff(void)
{
    semihosting_exit(0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* HiFive1 Rev B without a store: the wiring. main() is the table of contents. */
#include <boards/hifive1-revb/machine.h>
#include <chips/common/plic.h>
#include <chips/sifive-e/watchdog.h>
#include <loader/boot.h>
#include <loader/console.h>

static struct sifive_uart uart0 = {
    .uart = { .ops = &sifive_uart_ops },
    .base = MACHINE_UART,
};

IRQ_TABLE(MACHINE_UART_IRQ(&uart0))

static const struct driver drivers[] = { MACHINE_DRIVERS };
static struct trace_entry trace_ring[8] SECTION(".noinit");

const struct kernel_config kernel_config = {
    MACHINE_KERNEL("hifive1-static", drivers),
    .trace = trace_ring,
    .trace_entries = ARRAY_COUNT(trace_ring),
};

static struct operator_console operator_console;
MACHINE_OPERATOR(.reset = watchdog_reset, .panic = machine_panic_order)

int main(void)
{
    machine_hardware_init(&uart0);
    machine_init(&uart0.uart, operator_receive, &operator_console);
    kernel_init();
    plic_init();
    chain_boot(kernel_config.flash_start, kernel_config.flash_end);
    operator_init(&operator_console);
    kernel_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's last words. Everything goes out polled, byte by byte, with
 * nothing of the kernel trusted that may be what broke. Lines are made for
 * people and for a decoder: each begins with a fixed word.
 *
 *   KERNEL PANIC: <why>
 *   core: mcause <dec> mtval <hex>                 (for a trap in the kernel)
 *   core: <register> <hex> <register> <hex> ...    (likewise)
 *   kernel: <version> board=<name>
 *   trace: <time> <what> pid <dec> <hex>           see trace.h; oldest first
 *   log: <line>                                    likewise
 *   (a report per process, as the operator console prints it)
 *   KERNEL PANIC END
 */
#include <kernel/format.h>
#include <kernel/kernel.h>
#include <kernel/log.h>
#include <kernel/process.h>
#include <kernel/report.h>
#include <kernel/trace.h>

/* trap.S saves the registers of a trap in the kernel here. */
uint32_t panic_context[32] SECTION(".noinit");

/* Not on the stack, which may be what broke or be nearly full. */
static char line[REPORT_LINE_MAX] SECTION(".noinit");
static struct fault_facts facts SECTION(".noinit");
static bool panicking;

static void say(const char *text)
{
    while (*text != '\0')
        kernel_config.panic_put((uint8_t)*text++);
}

static void say_line(const char *text)
{
    say(text);
    say("\r\n");
}

static void say_trace(void)
{
    const struct trace_entry *e;
    for (uint32_t n = 0; (e = trace_read(n)) != NULL; n++) {
        format(line, sizeof line, "trace: %u %s pid %u 0x%x", (unsigned)e->when,
               trace_text(e->event), (unsigned)e->pid.handle,
               (unsigned)e->value);
        say_line(line);
    }
}

static void say_log(void)
{
    uint32_t cursor = 0;
    enum log_level level;
    while (klog_read(&cursor, line, sizeof line, &level) >= 0) {
        say("log: ");
        report_clean(line);
        say_line(line);
    }
}

static void say_processes(void)
{
    for (uint32_t slot = 0; slot < kernel_config.slot_count; slot++) {
        if (!process_facts(slot, &facts))
            continue;
        for (uint32_t n = 0; report_line(&facts, n, line, sizeof line) != 0;
             n++)
            say_line(line);
    }
}

static NORETURN void panic_finish(void)
{
    format(line, sizeof line, "kernel: %s board=%s", kernel_version,
           kernel_config.board);
    say_line(line);
    say_trace();
    say_log();
    say_processes();
    say_line("KERNEL PANIC END");
    for (;;)
        kernel_config.panic_end();
}

/* A second panic, from within the first, says so and stops. */
static void panic_begin(const char *why)
{
    say("\r\nKERNEL PANIC: ");
    say_line(why);
    if (panicking)
        for (;;)
            kernel_config.panic_end();
    panicking = true;
}

NORETURN void panic(const char *why)
{
    panic_begin(why);
    panic_finish();
}

NORETURN void panic_trap(uint32_t cause, uint32_t value);

NORETURN void panic_trap(uint32_t cause, uint32_t value)
{
    panic_begin("a trap in the kernel");
    format(line, sizeof line, "core: mcause %u mtval 0x%08x", (unsigned)cause,
           (unsigned)value);
    say_line(line);
    facts.registers = panic_context;
    for (uint32_t n = REPORT_REGISTERS; n < REPORT_MAP; n++) {
        report_line(&facts, n, line, sizeof line);
        say("core:");
        say_line(line);
    }
    panic_finish();
}

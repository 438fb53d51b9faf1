/* SPDX-License-Identifier: Apache-2.0 */
/* See uart16550.h. */
#include <tests/sim/devices/uart16550.h>

#include <berth/compiler.h>

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCRATCH };
enum { IER_RECEIVED = 1, IER_CAN_SEND = 2, IER_MASK = 0xF };
enum { FCR_ENABLE = 1, FCR_CLEAR = 2, FCR_KEPT = 0xC9, LCR_DIVISOR = 0x80 };
enum { MCR_LOOP = 0x10, MCR_MASK = 0x1F };
enum {
    IIR_NONE = 0x1,
    IIR_CAN_SEND = 0x2,
    IIR_RECEIVED = 0x4,
    IIR_TIMEOUT = 0xC,
    IIR_FIFO = 0xC0,
};
enum { LSR_RECEIVED = 0x01, LSR_SENT = 0x60, MSR_LINES = 0xB0 };

#define CLOCK_HZ 3686400u
#define TIMEOUT_BITS 40u /* four characters */

static struct uart16550 *uart_of(struct device *device)
{
    return CONTAINER_OF(device, struct uart16550, device);
}

static uint32_t capacity(const struct uart16550 *u)
{
    return (u->fcr & FCR_ENABLE) != 0 ? sizeof u->fifo : 1;
}

static uint32_t trigger(const struct uart16550 *u)
{
    static const uint8_t levels[] = { 1, 4, 8, 14 };
    return (u->fcr & FCR_ENABLE) != 0 ? levels[u->fcr >> 6] : 1;
}

static uint8_t cause(const struct uart16550 *u)
{
    if ((u->ier & IER_RECEIVED) != 0 && u->level >= trigger(u))
        return IIR_RECEIVED;
    if ((u->ier & IER_RECEIVED) != 0 && u->is_timed_out)
        return IIR_TIMEOUT;
    if ((u->ier & IER_CAN_SEND) != 0 && !u->sent_is_told)
        return IIR_CAN_SEND;
    return IIR_NONE;
}

static void line_update(struct uart16550 *u)
{
    plic_wire(u->plic, u->source, cause(u) != IIR_NONE);
}

/* Takes what waits on the line as far as it fits. */
static void fill(struct uart16550 *u)
{
    uint8_t byte;
    bool came = false;
    while (u->line && u->level < capacity(u) && line_take(u->line, &byte)) {
        u->fifo[(u->start + u->level++) % sizeof u->fifo] = byte;
        came = true;
    }
    if (came) {
        uint64_t bits = (uint64_t)(u->divisor ? u->divisor : 1) * 16;
        u->is_timed_out = false;
        u->timeout = machine_now(u->device.machine) +
                     TIMEOUT_BITS * bits * 1000000000u / CLOCK_HZ;
        machine_wake(u->device.machine);
    }
    if (u->level == 0) {
        u->timeout = NEVER;
        u->is_timed_out = false;
    }
    line_update(u);
}

static void fed(void *uart)
{
    fill(uart);
}

static uint8_t receive(struct uart16550 *u)
{
    uint8_t byte = 0;
    if (u->level > 0) {
        byte = u->fifo[u->start];
        u->start = (u->start + 1) % sizeof u->fifo;
        u->level--;
    }
    u->is_timed_out = false;
    fill(u);
    return byte;
}

static uint8_t identify(struct uart16550 *u)
{
    uint8_t found = cause(u);
    if (found == IIR_CAN_SEND)
        u->sent_is_told = true;
    line_update(u);
    return (uint8_t)(found | ((u->fcr & FCR_ENABLE) != 0 ? IIR_FIFO : 0));
}

static bool uart_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct uart16550 *u = uart_of(device);
    bool is_divisor = (u->lcr & LCR_DIVISOR) != 0;
    (void)bytes;
    switch (offset) {
    case DATA:
        *value = is_divisor ? u->divisor & 0xFFu : receive(u);
        break;
    case IER:
        *value = is_divisor ? u->divisor >> 8 : u->ier;
        break;
    case IIR:
        *value = identify(u);
        break;
    case LCR:
        *value = u->lcr;
        break;
    case MCR:
        *value = u->mcr;
        break;
    case LSR:
        *value = LSR_SENT | (u->level > 0 ? LSR_RECEIVED : 0);
        break;
    case MSR:
        *value = MSR_LINES;
        break;
    case SCRATCH:
        *value = u->scratch;
        break;
    default:
        *value = 0;
    }
    return true;
}

static void send(struct uart16550 *u, uint8_t byte)
{
    if ((u->mcr & MCR_LOOP) != 0) {
        if (u->level < capacity(u))
            u->fifo[(u->start + u->level++) % sizeof u->fifo] = byte;
    } else if (u->line) {
        line_send(u->line, byte);
    }
    u->sent_is_told = false;
}

static void fifo_control(struct uart16550 *u, uint8_t value)
{
    bool is_switched = ((value ^ u->fcr) & FCR_ENABLE) != 0;
    if (is_switched || (value & FCR_CLEAR) != 0)
        u->level = 0;
    u->fcr = value & FCR_KEPT;
    fill(u);
}

static void interrupts_enable(struct uart16550 *u, uint8_t value)
{
    if ((value & IER_CAN_SEND) != 0 && (u->ier & IER_CAN_SEND) == 0)
        u->sent_is_told = false;
    u->ier = value & IER_MASK;
}

static bool uart_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct uart16550 *u = uart_of(device);
    uint8_t byte = (uint8_t)value;
    bool is_divisor = (u->lcr & LCR_DIVISOR) != 0;
    (void)bytes;
    switch (offset) {
    case DATA:
        if (is_divisor)
            u->divisor = (uint16_t)((u->divisor & 0xFF00u) | byte);
        else
            send(u, byte);
        break;
    case IER:
        if (is_divisor)
            u->divisor = (uint16_t)((u->divisor & 0xFFu) | (uint32_t)byte << 8);
        else
            interrupts_enable(u, byte);
        break;
    case IIR: /* FCR when written */
        fifo_control(u, byte);
        break;
    case LCR:
        u->lcr = byte;
        break;
    case MCR:
        u->mcr = byte & MCR_MASK;
        break;
    case SCRATCH:
        u->scratch = byte;
        break;
    default:
        break;
    }
    line_update(u);
    return true;
}

static uint64_t uart_due(const struct device *device)
{
    return CONTAINER_OF(device, const struct uart16550, device)->timeout;
}

static void uart_serve(struct device *device, uint64_t now)
{
    struct uart16550 *u = uart_of(device);
    if (now < u->timeout)
        return;
    u->timeout = NEVER;
    u->is_timed_out = u->level > 0;
    line_update(u);
}

static void uart_reset(struct device *device, enum reset_kind kind)
{
    struct uart16550 *u = uart_of(device);
    (void)kind;
    u->ier = u->fcr = u->lcr = u->scratch = 0;
    u->mcr = 0x08;
    u->divisor = 0x0C;
    u->level = 0;
    u->sent_is_told = u->is_timed_out = false;
    u->timeout = NEVER;
    fill(u);
}

static const struct device_ops uart16550_ops = {
    uart_load, uart_store, uart_due, uart_serve, uart_reset,
};

void uart16550_add(struct machine *machine, struct uart16550 *uart,
                   uint32_t base, struct line *line, struct plic *plic,
                   uint32_t source)
{
    *uart = (struct uart16550){
        .device = { .ops = &uart16550_ops,
                    .name = "UART 16550",
                    .base = base,
                    .size = 0x100 },
        .line = line,
        .plic = plic,
        .source = source,
        .timeout = NEVER,
    };
    if (line) {
        line->fed = fed;
        line->uart = uart;
    }
    machine_add_device(machine, &uart->device);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See sifive_uart.h. */
#include <tests/sim/devices/sifive_uart.h>

#include <berth/compiler.h>

enum {
    TXDATA = 0x00,
    RXDATA = 0x04,
    TXCTRL = 0x08,
    RXCTRL = 0x0C,
    IE = 0x10,
    IP = 0x14,
    DIV = 0x18,
    SIZE = 0x1000,
};
enum { TX_WATERMARK = 1, RX_WATERMARK = 2 };

#define FULL_OR_EMPTY 0x80000000u
#define ENABLE 1u
#define TWO_STOP_BITS 2u
#define TXCTRL_FIELDS 0x00070003u
#define RXCTRL_FIELDS 0x00070001u
#define RESET_DIV 0x21Fu
#define NS_PER_S 1000000000u

static struct sifive_uart *uart_of(struct device *device)
{
    return CONTAINER_OF(device, struct sifive_uart, device);
}

static uint64_t now_of(const struct sifive_uart *u)
{
    return machine_now(u->device.machine);
}

static void fifo_put(struct sifive_fifo *f, uint8_t byte)
{
    f->bytes[(f->start + f->level++) % SIFIVE_UART_FIFO] = byte;
}

static uint8_t fifo_get(struct sifive_fifo *f)
{
    uint8_t byte = f->bytes[f->start];
    f->start = (f->start + 1) % SIFIVE_UART_FIFO;
    f->level--;
    return byte;
}

static uint32_t pending(const struct sifive_uart *u)
{
    return (u->tx.level < (u->txctrl >> 16 & 7u) ? TX_WATERMARK : 0u) |
           (u->rx.level > (u->rxctrl >> 16 & 7u) ? RX_WATERMARK : 0u);
}

static void line_update(struct sifive_uart *u)
{
    plic_wire(u->plic, u->source, (pending(u) & u->ie) != 0);
}

static uint64_t frame_ns(const struct sifive_uart *u)
{
    uint64_t bits = (u->txctrl & TWO_STOP_BITS) != 0 ? 11 : 10;
    return bits * (u->div + 1) * NS_PER_S / prci_core_hz(u->prci);
}

/* ---- what the other end can make of it ------------------------------------------- */

static bool is_heard(struct sifive_uart *u)
{
    struct machine *machine = u->device.machine;
    uint32_t baud = prci_core_hz(u->prci) / (u->div + 1);
    uint32_t wanted = u->line ? u->line->baud : 0;
    if (u->gpio && !gpio_is_function0(u->gpio, u->tx_pin)) {
        machine_violation(machine,
                          "%s sends while its pin GPIO%d is not switched to "
                          "it: nothing leaves the chip",
                          u->device.name, __builtin_ctz(u->tx_pin));
        return false;
    }
    if (wanted != 0 &&
        (baud > wanted + wanted / 33 || baud < wanted - wanted / 33)) {
        machine_violation(machine,
                          "%s sends at %u baud (%u Hz / %u), the line runs at "
                          "%u: nobody can read that",
                          u->device.name, baud, prci_core_hz(u->prci),
                          u->div + 1, wanted);
        return false;
    }
    return true;
}

/* ---- sending ------------------------------------------------------------------------ */

static void send_next(struct sifive_uart *u, uint64_t from)
{
    u->is_sending = false;
    if (u->tx.level == 0 || (u->txctrl & ENABLE) == 0)
        return;
    u->sending = fifo_get(&u->tx);
    u->is_sending = is_heard(u);
    u->sent = from + frame_ns(u);
}

/* The byte has been on the wire to its end. */
static void sent(struct sifive_uart *u)
{
    uint8_t byte = u->sending;
    send_next(u, u->sent);
    if (u->line)
        line_send(u->line, byte);
}

static void drain(void *uart)
{
    struct sifive_uart *u = uart;
    while (u->is_sending)
        sent(u);
}

static void send(struct sifive_uart *u, uint8_t byte)
{
    if (u->is_instant) {
        if ((u->txctrl & ENABLE) != 0 && u->line)
            line_send(u->line, byte);
        return;
    }
    if (u->tx.level == SIFIVE_UART_FIFO)
        return;
    fifo_put(&u->tx, byte);
    if (!u->is_sending)
        send_next(u, now_of(u));
}

/* ---- receiving ------------------------------------------------------------------------ */

static bool is_connected(const struct sifive_uart *u)
{
    return (u->rxctrl & ENABLE) != 0 &&
           (u->is_instant || !u->gpio || gpio_is_function0(u->gpio, u->rx_pin));
}

/* QEMU takes what waits as far as it fits. */
static void fill_at_once(struct sifive_uart *u)
{
    uint8_t byte;
    while (u->line && (u->rxctrl & ENABLE) != 0 &&
           u->rx.level < SIFIVE_UART_FIFO && line_take(u->line, &byte))
        fifo_put(&u->rx, byte);
}

/* Whoever types waits until the receiver is on. */
static void plan_arrival(struct sifive_uart *u, uint64_t from)
{
    bool waits =
        u->line && line_waiting(u->line) > 0 && (u->rxctrl & ENABLE) != 0;
    if (u->is_instant)
        fill_at_once(u);
    else if (!waits)
        u->arrives = NEVER;
    else if (u->arrives == NEVER)
        u->arrives = from + frame_ns(u);
    line_update(u);
    machine_wake(u->device.machine);
}

static void arrive(struct sifive_uart *u)
{
    uint8_t byte;
    uint64_t from = u->arrives;
    u->arrives = NEVER;
    if (!line_take(u->line, &byte))
        return;
    if (is_connected(u) && u->rx.level < SIFIVE_UART_FIFO)
        fifo_put(&u->rx, byte);
    else
        u->line->lost++;
    plan_arrival(u, from);
}

static void fed(void *uart)
{
    struct sifive_uart *u = uart;
    plan_arrival(u, now_of(u));
}

static uint32_t receive(struct sifive_uart *u)
{
    if (u->rx.level == 0)
        return FULL_OR_EMPTY;
    uint32_t byte = fifo_get(&u->rx);
    if (u->is_instant)
        fill_at_once(u);
    return byte;
}

/* ---- the device ------------------------------------------------------------------------- */

static bool uart_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct sifive_uart *u = uart_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == TXDATA)
        *value = u->tx.level == SIFIVE_UART_FIFO ? FULL_OR_EMPTY : 0;
    else if (offset == RXDATA)
        *value = receive(u);
    else if (offset == TXCTRL)
        *value = u->txctrl;
    else if (offset == RXCTRL)
        *value = u->rxctrl;
    else if (offset == IE)
        *value = u->ie;
    else if (offset == IP)
        *value = pending(u);
    else if (offset == DIV)
        *value = u->div;
    line_update(u);
    return true;
}

static bool uart_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct sifive_uart *u = uart_of(device);
    if (bytes != 4)
        return false;
    if (offset == TXDATA) {
        send(u, (uint8_t)value);
    } else if (offset == TXCTRL) {
        u->txctrl = value & TXCTRL_FIELDS;
        if (!u->is_sending)
            send_next(u, now_of(u));
    } else if (offset == RXCTRL) {
        u->rxctrl = value & RXCTRL_FIELDS;
        plan_arrival(u, now_of(u));
    } else if (offset == IE) {
        u->ie = value & (TX_WATERMARK | RX_WATERMARK);
    } else if (offset == DIV) {
        u->div = value & 0xFFFF;
    }
    line_update(u);
    return true;
}

static uint64_t uart_due(const struct device *device)
{
    const struct sifive_uart *u =
        CONTAINER_OF(device, const struct sifive_uart, device);
    uint64_t due = u->is_sending ? u->sent : NEVER;
    return u->arrives < due ? u->arrives : due;
}

static void uart_serve(struct device *device, uint64_t now)
{
    struct sifive_uart *u = uart_of(device);
    if (u->is_sending && now >= u->sent)
        sent(u);
    if (now >= u->arrives)
        arrive(u);
    line_update(u);
}

static void uart_reset(struct device *device, enum reset_kind kind)
{
    struct sifive_uart *u = uart_of(device);
    (void)kind;
    u->txctrl = u->rxctrl = u->ie = 0;
    u->div = RESET_DIV;
    u->tx.level = u->rx.level = 0;
    u->is_sending = false;
    u->arrives = NEVER;
    plan_arrival(u, now_of(u));
}

static const struct device_ops uart_ops = {
    uart_load, uart_store, uart_due, uart_serve, uart_reset,
};

void sifive_uart_add(struct machine *machine, struct sifive_uart *uart,
                     const char *name, uint32_t base)
{
    uart->device = (struct device){
        .ops = &uart_ops, .name = name, .base = base, .size = SIZE
    };
    uart->arrives = NEVER;
    if (uart->line) {
        uart->line->fed = fed;
        uart->line->drain = drain;
        uart->line->uart = uart;
    }
    machine_add_device(machine, &uart->device);
}

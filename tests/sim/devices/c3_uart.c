/* SPDX-License-Identifier: Apache-2.0 */
/* See c3_uart.h. Raw interrupt bits latch; those of a FIFO's level come back at
 * once while their condition holds. */
#include <tests/sim/devices/c3_uart.h>

#include <berth/compiler.h>
#include <tests/sim/devices/absent.h>

enum {
    FIFO = 0x00,
    INT_RAW = 0x04,
    INT_STATUS = 0x08,
    INT_ENABLE = 0x0C,
    INT_CLEAR = 0x10,
    CLKDIV = 0x14,
    STATUS = 0x1C,
    CONF0 = 0x20,
    CONF1 = 0x24,
    MEM_CONF = 0x60,
    FSM = 0x6C,
    CLK_CONF = 0x78,
    ID = 0x80,
    SIZE = 0x100,
};

#define RX_FULL (1u << 0)
#define TX_EMPTY (1u << 1)
#define RX_OVERFLOW (1u << 4)
#define RX_TIMEOUT (1u << 8)
#define TX_DONE (1u << 14)
#define INT_FIELDS 0xFFFFFu
#define PARITY 2u
#define EIGHT_BITS(conf0) (((conf0) >> 2 & 3u) == 3)
#define STOP_BITS(conf0) ((conf0) >> 4 & 3u)
#define RX_RESET (1u << 17)
#define TX_RESET (1u << 18)
#define RX_THRESHOLD(conf1) ((conf1)&0x1FFu)
#define TX_THRESHOLD(conf1) ((conf1) >> 9 & 0x1FFu)
#define TIMEOUT_ENABLE (1u << 21)
#define TIMEOUT_BITS(memory) ((memory) >> 16 & 0x3FFu)
#define CLOCK_SOURCE(clock) ((clock) >> 20 & 3u)
#define CLOCK_N(clock) (((clock) >> 12 & 0xFFu) + 1)
#define CLOCK_ON (1u << 22)
#define TX_CLOCK_ON (1u << 24)
#define RX_CLOCK_ON (1u << 25)
#define CORE_RESET (1u << 23)
#define ID_SYNC (1u << 31)
enum { SOURCE_APB = 1, SOURCE_RC = 2, SOURCE_XTAL = 3 };

#define DIVIDER_RESET (347u | 3u << 20) /* 115200 from the crystal */
#define CONF0_RESET 0x1000001Cu         /* 8N1, memory clock */
#define CONF1_RESET 0x0000C060u         /* both thresholds at 96 */
#define MEM_CONF_RESET 0x000A0012u      /* 10 bits, each FIFO 128 bytes */
#define CLOCK_RESET 0x03700000u         /* crystal, all clocks on, N 1 */
#define ID_RESET 0x40000500u
#define RC_HZ 17500000u
#define NS_PER_S 1000000000u

static struct c3_uart *uart_of(struct device *device)
{
    return CONTAINER_OF(device, struct c3_uart, device);
}

static uint64_t now_of(const struct c3_uart *u)
{
    return machine_now(u->device.machine);
}

static void fifo_put(struct c3_fifo *f, uint8_t byte)
{
    f->bytes[(f->start + f->level++) % C3_UART_FIFO] = byte;
}

static uint8_t fifo_get(struct c3_fifo *f)
{
    uint8_t byte = f->bytes[f->start];
    f->start = (f->start + 1) % C3_UART_FIFO;
    f->level--;
    return byte;
}

/* ---- speed ------------------------------------------------------------------------ */

static uint32_t source_hz(const struct c3_uart *u)
{
    uint32_t hz = CLOCK_SOURCE(u->clock) == SOURCE_XTAL ? C3_XTAL_HZ
                  : CLOCK_SOURCE(u->clock) == SOURCE_RC ? RC_HZ
                                                        : c3_apb_hz(u->system);
    return hz / CLOCK_N(u->clock);
}

static uint32_t divider16(const struct c3_uart *u)
{
    return (u->divider & 0xFFFu) << 4 | (u->divider >> 20 & 0xFu);
}

static uint32_t baud(const struct c3_uart *u)
{
    uint32_t divider = divider16(u);
    return divider == 0 ? 0 : (uint32_t)((uint64_t)source_hz(u) * 16 / divider);
}

static uint64_t bits_ns(const struct c3_uart *u, uint64_t bits)
{
    uint32_t speed = baud(u);
    return speed == 0 ? NS_PER_S : bits * NS_PER_S / speed;
}

static uint64_t frame_ns(const struct c3_uart *u)
{
    return bits_ns(u, 10u + ((u->conf0 & PARITY) != 0 ? 1 : 0) +
                          (STOP_BITS(u->conf0) == 3 ? 1 : 0));
}

/* ---- interrupts ---------------------------------------------------------------------- */

static void update(struct c3_uart *u)
{
    if (u->rx.level >= RX_THRESHOLD(u->conf1) && u->rx.level > 0)
        u->raw |= RX_FULL;
    if (u->tx.level < TX_THRESHOLD(u->conf1))
        u->raw |= TX_EMPTY;
    c3_matrix_wire(u->matrix, u->source, (u->raw & u->enabled) != 0);
}

static void plan_timeout(struct c3_uart *u)
{
    u->times_out = NEVER;
    if ((u->conf1 & TIMEOUT_ENABLE) != 0 && u->rx.level > 0)
        u->times_out = now_of(u) + bits_ns(u, TIMEOUT_BITS(u->memory));
}

/* ---- what the other end can make of it ------------------------------------------- */

static bool is_clocked(const struct c3_uart *u, uint32_t bit)
{
    return (u->clock & CLOCK_ON) != 0 && (u->clock & bit) != 0 &&
           (u->clock & CORE_RESET) == 0 && CLOCK_SOURCE(u->clock) != 0;
}

static bool is_heard(struct c3_uart *u)
{
    struct machine *machine = u->device.machine;
    uint32_t speed = baud(u), wanted = u->line ? u->line->baud : 0;
    if (!is_clocked(u, TX_CLOCK_ON))
        machine_violation(machine, "%s sends without a clock (CLK_CONF 0x%08x)",
                          u->device.name, u->clock);
    else if (!EIGHT_BITS(u->conf0) || (u->conf0 & PARITY) != 0)
        machine_violation(machine,
                          "%s sends with CONF0 0x%08x, the line wants 8 bits "
                          "and no parity",
                          u->device.name, u->conf0);
    else if (u->gpio && !c3_gpio_sends(u->gpio))
        machine_violation(machine,
                          "%s sends while its pin GPIO%d is not switched to "
                          "it: nothing leaves the chip",
                          u->device.name, C3_PIN_TX);
    else if (wanted != 0 &&
             (speed > wanted + wanted / 33 || speed < wanted - wanted / 33))
        machine_violation(machine,
                          "%s sends at %u baud (%u Hz, CLKDIV 0x%08x), the "
                          "line runs at %u: nobody can read that",
                          u->device.name, speed, source_hz(u), u->divider,
                          wanted);
    else
        return true;
    return false;
}

/* ---- sending ------------------------------------------------------------------------ */

static void send_next(struct c3_uart *u, uint64_t from)
{
    u->is_sending = false;
    if (u->tx.level == 0)
        return;
    u->sending = fifo_get(&u->tx);
    u->is_sending = is_heard(u);
    u->sent = from + frame_ns(u);
}

/* The byte has been on the wire to its end. */
static void sent(struct c3_uart *u)
{
    uint8_t byte = u->sending;
    send_next(u, u->sent);
    if (!u->is_sending)
        u->raw |= TX_DONE;
    if (u->line)
        line_send(u->line, byte);
}

static void drain(void *uart)
{
    struct c3_uart *u = uart;
    while (u->is_sending)
        sent(u);
}

static void send(struct c3_uart *u, uint8_t byte)
{
    if (u->tx.level == C3_UART_FIFO) {
        machine_violation(u->device.machine,
                          "%s: a byte is lost, the transmit FIFO is full",
                          u->device.name);
        return;
    }
    fifo_put(&u->tx, byte);
    if (!u->is_sending)
        send_next(u, now_of(u));
}

void c3_uart_print(struct c3_uart *u, const char *text)
{
    for (; u->line && *text != '\0'; text++)
        line_send(u->line, (uint8_t)*text);
}

/* ---- receiving ------------------------------------------------------------------------ */

/* Whoever types waits until someone listens, as a person would: the receiver is
 * on since the ROM ran, but whoever means to use it sets its thresholds or
 * enables its interrupts. */
static void plan_arrival(struct c3_uart *u, uint64_t from)
{
    if (!u->line || line_waiting(u->line) == 0 || !u->listens)
        u->arrives = NEVER;
    else if (u->arrives == NEVER)
        u->arrives = from + frame_ns(u);
    machine_wake(u->device.machine);
}

static void listen(struct c3_uart *u)
{
    u->listens = true;
    plan_arrival(u, now_of(u));
}

static bool is_connected(const struct c3_uart *u)
{
    return is_clocked(u, RX_CLOCK_ON) && (!u->gpio || c3_gpio_hears(u->gpio));
}

static void arrive(struct c3_uart *u)
{
    uint8_t byte;
    uint64_t from = u->arrives;
    u->arrives = NEVER;
    if (!line_take(u->line, &byte))
        return;
    if (is_connected(u) && u->rx.level < C3_UART_FIFO) {
        fifo_put(&u->rx, byte);
    } else {
        u->line->lost++;
        u->raw |= RX_OVERFLOW;
    }
    plan_timeout(u);
    plan_arrival(u, from);
}

static void fed(void *uart)
{
    struct c3_uart *u = uart;
    plan_arrival(u, now_of(u));
}

static uint32_t receive(struct c3_uart *u)
{
    uint32_t byte = 0;
    if (u->rx.level == 0)
        machine_violation(u->device.machine,
                          "%s: a byte is read from an empty FIFO",
                          u->device.name);
    else
        byte = fifo_get(&u->rx);
    if (u->rx.level == 0)
        u->times_out = NEVER;
    return byte;
}

/* ---- the device ------------------------------------------------------------------------- */

static bool uart_load(struct device *device, uint32_t offset, uint32_t bytes,
                      uint32_t *value)
{
    struct c3_uart *u = uart_of(device);
    if (bytes != 4)
        return false;
    *value = 0;
    if (offset == FIFO)
        *value = receive(u);
    else if (offset == INT_RAW)
        *value = u->raw;
    else if (offset == INT_STATUS)
        *value = u->raw & u->enabled;
    else if (offset == INT_ENABLE)
        *value = u->enabled;
    else if (offset == CLKDIV)
        *value = u->divider;
    else if (offset == STATUS)
        *value = u->rx.level | u->tx.level << 16;
    else if (offset == CONF0)
        *value = u->conf0;
    else if (offset == CONF1)
        *value = u->conf1;
    else if (offset == MEM_CONF)
        *value = u->memory;
    else if (offset == FSM)
        *value = u->is_sending ? 0x20u : 0; /* 7:4: the transmitter's state */
    else if (offset == CLK_CONF)
        *value = u->clock;
    else if (offset == ID)
        *value = u->id;
    else if (offset != INT_CLEAR)
        return absent_register(device, offset);
    update(u);
    return true;
}

static void conf0_set(struct c3_uart *u, uint32_t value)
{
    u->conf0 = value;
    if ((value & RX_RESET) != 0)
        u->rx.level = 0;
    if ((value & TX_RESET) != 0)
        u->tx.level = 0;
    plan_timeout(u);
}

static bool uart_store(struct device *device, uint32_t offset, uint32_t bytes,
                       uint32_t value)
{
    struct c3_uart *u = uart_of(device);
    if (bytes != 4)
        return false;
    if (offset == FIFO) {
        send(u, (uint8_t)value);
    } else if (offset == INT_ENABLE) {
        u->enabled = value & INT_FIELDS;
        if ((value & (RX_FULL | RX_TIMEOUT)) != 0)
            listen(u);
    } else if (offset == INT_CLEAR) {
        u->raw &= ~value;
    } else if (offset == CLKDIV) {
        u->divider = value & 0x00F00FFFu;
    } else if (offset == CONF0) {
        conf0_set(u, value);
    } else if (offset == CONF1) {
        u->conf1 = value;
        plan_timeout(u);
        listen(u);
    } else if (offset == MEM_CONF) {
        u->memory = value;
    } else if (offset == CLK_CONF) {
        u->clock = value;
    } else if (offset == ID) {
        u->id = value & ~ID_SYNC; /* done at once */
    } else if (offset != INT_RAW && offset != INT_STATUS && offset != STATUS &&
               offset != FSM) {
        return absent_register(device, offset);
    }
    update(u);
    return true;
}

static uint64_t uart_due(const struct device *device)
{
    const struct c3_uart *u =
        CONTAINER_OF(device, const struct c3_uart, device);
    uint64_t due = u->is_sending ? u->sent : NEVER;
    due = u->arrives < due ? u->arrives : due;
    return u->times_out < due ? u->times_out : due;
}

static void uart_serve(struct device *device, uint64_t now)
{
    struct c3_uart *u = uart_of(device);
    if (u->is_sending && now >= u->sent)
        sent(u);
    if (now >= u->arrives)
        arrive(u);
    if (now >= u->times_out) {
        u->times_out = NEVER;
        u->raw |= RX_TIMEOUT;
    }
    update(u);
}

static void uart_reset(struct device *device, enum reset_kind kind)
{
    struct c3_uart *u = uart_of(device);
    (void)kind;
    u->raw = u->enabled = 0;
    u->divider = DIVIDER_RESET;
    u->conf0 = CONF0_RESET;
    u->conf1 = CONF1_RESET;
    u->memory = MEM_CONF_RESET;
    u->clock = CLOCK_RESET;
    u->id = ID_RESET;
    u->tx.level = u->rx.level = 0;
    u->is_sending = u->listens = false;
    u->arrives = u->times_out = NEVER;
    plan_arrival(u, now_of(u));
    update(u);
}

static const struct device_ops uart_ops = {
    uart_load, uart_store, uart_due, uart_serve, uart_reset,
};

void c3_uart_add(struct machine *machine, struct c3_uart *uart,
                 const char *name, uint32_t base)
{
    uart->device = (struct device){
        .ops = &uart_ops, .name = name, .base = base, .size = SIZE
    };
    uart->arrives = uart->times_out = NEVER;
    if (uart->line) {
        uart->line->fed = fed;
        uart->line->drain = drain;
        uart->line->uart = uart;
    }
    machine_add_device(machine, &uart->device);
}

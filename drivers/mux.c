/* SPDX-License-Identifier: Apache-2.0 */
/* The text multiplexer. */
#include <drivers/mux.h>

#include <kernel/string.h>

/* How long a line may stay open without growing. */
static uint32_t quiet_ticks(void)
{
    return ktime_hz() / 10;
}

static size_t uart_send(struct mux *m, const void *bytes, size_t len)
{
    return m->uart->ops->send(m->uart, bytes, len);
}

/* True when the UART has taken all there was to send. */
static bool flush(struct mux *m)
{
    if (UNLIKELY(m->closing)) {
        size_t len = strlen(m->closing);
        size_t sent = uart_send(m, m->closing, len);
        if (sent < len) {
            m->closing += sent;
            return false;
        }
        m->closing = NULL;
    }
    size_t rest = m->len - m->at;
    size_t sent = uart_send(m, m->stage + m->at, rest);
    m->at += sent;
    m->pending = sent < rest;
    return !m->pending;
}

static NOINLINE void watch_in(struct mux *m, uint32_t ticks)
{
    ktimer_arm(&m->timer, ktime_now() + ticks);
}

/* Look after the line in a while: while it is open, and until a displaced
 * writer has it back. */
static void watch(struct mux *m)
{
    if (!m->timer.armed)
        watch_in(m, quiet_ticks());
}

/* The line someone left open is closed before another writer's bytes. */
static COLD void displace(struct mux *m)
{
    struct writer *w = m->open;
    const char *text = NULL;
    if (w) {
        if (w->ops->displaced)
            text = w->ops->displaced(w);
        if (w->ops->line_free)
            m->displaced = w;
        w->displaced = true;
    }
    watch(m);
    m->closing = text ? text : "\n";
}

/* The line does not end with what has just been written. */
static NOINLINE void line_left_open(struct mux *m)
{
    m->last = ktime_now_low();
    watch(m);
}

/* `w` has written; `last` is the last byte. */
static void wrote(struct mux *m, struct writer *w, uint8_t last)
{
    m->open = w;
    m->line_open = last ^ '\n'; /* 0: it ends there */
    if (m->line_open)
        line_left_open(m);
}

/* `n` bytes of `w` stand in the stage. */
static void staged(struct mux *m, struct writer *w, size_t n)
{
    m->at = 0;
    m->len = n;
    m->pending = true;
    if (m->line_open && m->open != w)
        displace(m);
    if (m->displaced == w)
        m->displaced = NULL;
    w->displaced = false;
    wrote(m, w, m->stage[n - 1]);
}

/* Stage the next bytes of the current unit. */
static void fetch(struct mux *m)
{
    struct writer *w = m->current;
    w->queued = false; /* its next unit may be queued from inside next() */
    size_t n = w->ops->next(w, m->stage, MUX_STAGE);
    if (n == 0) {
        m->current = NULL;
        return;
    }
    w->queued = true;
    staged(m, w, n);
}

/* Send what can be sent now, at most one stage of one unit. */
static void advance(struct mux *m)
{
    if (m->pending && !flush(m))
        return;
    if (!m->current && m->head) {
        m->current = m->head;
        m->head = m->head->queue_next;
    }
    if (!m->current)
        return;
    fetch(m);
    if (m->pending && !flush(m))
        return;
    if (m->current || m->head)
        deferred_call(&m->work);
}

static bool is_idle(const struct mux *m)
{
    return !m->current && !m->head && !m->pending;
}

static COLD void port_write(struct text_port *port, struct writer *w)
{
    struct mux *m = CONTAINER_OF(port, struct mux, port);
    if (w->queued)
        return;
    if (is_idle(m))
        deferred_call(&m->work);
    w->queued = true;
    w->queue_next = NULL;
    if (m->head)
        m->tail->queue_next = w;
    else
        m->head = w;
    m->tail = w;
}

/* The UART is full: the rest of a unit that was put waits in the stage. */
static NOINLINE COLD void keep_rest(struct mux *m, const uint8_t *bytes,
                                    size_t len)
{
    m->at = 0;
    m->len = len;
    m->pending = true;
    memcpy(m->stage, bytes, len);
}

static bool port_put(struct text_port *port, struct writer *w,
                     const uint8_t *bytes, size_t len)
{
    struct mux *m = CONTAINER_OF(port, struct mux, port);
    if (!is_idle(m) || (m->line_open && m->open != w) || len - 1 >= MUX_STAGE)
        return false;
    wrote(m, w, bytes[len - 1]);
    size_t sent = uart_send(m, bytes, len);
    if (UNLIKELY(sent < len))
        keep_rest(m, bytes + sent, len - sent);
    return true;
}

static void unlink_writer(struct mux *m, const struct writer *w)
{
    struct writer *before = NULL;
    struct writer **at = &m->head;
    while (*at && *at != w) {
        before = *at;
        at = &before->queue_next;
    }
    if (!*at)
        return;
    *at = w->queue_next;
    if (m->tail == w)
        m->tail = before;
}

static COLD void port_cancel(struct text_port *port, struct writer *w)
{
    struct mux *m = CONTAINER_OF(port, struct mux, port);
    unlink_writer(m, w);
    w->queued = false;
    w->displaced = false;
    if (m->current == w)
        m->current = NULL;
    if (m->displaced == w)
        m->displaced = NULL;
    if (m->open == w) {
        m->open = NULL;
        if (m->line_open)
            watch(m);
    }
}

/* The displaced writer may have the line again. */
static void give_back(struct mux *m)
{
    struct writer *w = m->displaced;
    if (!w)
        return;
    m->displaced = NULL;
    w->displaced = false;
    w->ops->line_free(w);
}

/* Time to close a line nobody adds to, and to give the line back to the
 * writer that was displaced. */
static COLD void on_timer(struct ktimer *timer)
{
    struct mux *m = CONTAINER_OF(timer, struct mux, timer);
    if (!is_idle(m)) {
        watch(m);
        return;
    }
    if (m->line_open) {
        if (m->open && m->open->keeps_line)
            return;
        uint32_t quiet = ktime_now_low() - m->last;
        if (quiet < quiet_ticks()) {
            watch_in(m, quiet_ticks() - quiet);
            return;
        }
        m->line_open = false;
        m->closing = "\n";
        m->pending = true;
        if (!flush(m)) {
            watch(m);
            return;
        }
    }
    give_back(m);
}

static COLD void on_deferred(struct deferred *work)
{
    advance(CONTAINER_OF(work, struct mux, work));
}

/* An interrupt: what a writer does to make its next unit may take longer and
 * more registers than an app has lent the kernel for that. */
static void on_can_send(struct uart_client *client)
{
    deferred_call(&CONTAINER_OF(client, struct mux, client)->work);
}

static COLD void on_received(struct uart_client *client)
{
    struct mux *m = CONTAINER_OF(client, struct mux, client);
    uint8_t bytes[16];
    size_t n;
    while ((n = m->uart->ops->receive(m->uart, bytes, sizeof bytes)) > 0)
        m->receive(m->receiver, bytes, n);
}

static const struct text_port_ops port_ops = {
    .write = port_write,
    .put = port_put,
    .cancel = port_cancel,
};

NOINLINE COLD void mux_init(struct mux *mux, struct uart *uart,
                            void (*receive)(void *receiver,
                                            const uint8_t *bytes, size_t len),
                            void *receiver)
{
    mux->port.ops = &port_ops;
    mux->client.can_send = on_can_send;
    mux->client.received = on_received;
    mux->uart = uart;
    mux->receive = receive;
    mux->receiver = receiver;
    mux->timer.fire = on_timer;
    mux->work.run = on_deferred;
    uart->client = &mux->client;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The text multiplexer. */
#include <drivers/mux.h>

#include <kernel/string.h>

_Static_assert(MUX_STAGE <= UINT8_MAX, "at and len are bytes");

static uint64_t quiet_ticks(void)
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
    if (m->closing) {
        size_t len = strlen(m->closing);
        size_t sent = uart_send(m, m->closing, len);
        if (sent < len) {
            m->closing += sent;
            return false;
        }
        m->closing = NULL;
    }
    if (m->at < m->len)
        m->at = (uint8_t)(m->at + uart_send(m, m->stage + m->at,
                                            (size_t)m->len - m->at));
    return m->at == m->len;
}

/* Look after the line again in a while. */
static void watch(struct mux *m)
{
    if (!m->timer.armed)
        ktimer_arm(&m->timer, ktime_now() + quiet_ticks());
}

/* The line someone left open is closed before another writer's bytes. */
static void displace(struct mux *m)
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
    m->closing = text ? text : "\n";
}

/* The current unit is complete. */
static void finish(struct mux *m, const struct writer *w)
{
    m->current = NULL;
    if (m->head)
        deferred_call(&m->work);
    if (m->displaced || (m->line_open && !w->keeps_line))
        watch(m);
}

/* Stage the current unit's next bytes, at most `cap`; 0: it is complete. */
static size_t fetch(struct mux *m, size_t cap)
{
    struct writer *w = m->current;
    w->queued = false; /* its next unit may be queued from inside next() */
    size_t n = w->ops->next(w, m->stage, cap);
    if (n == 0) {
        finish(m, w);
        return 0;
    }
    w->queued = true;
    if (m->line_open && m->open != w)
        displace(m);
    if (m->displaced == w)
        m->displaced = NULL;
    w->displaced = false;
    m->open = w;
    m->at = 0;
    m->len = (uint8_t)n;
    m->line_open = m->stage[n - 1] != '\n';
    if (m->line_open)
        m->last = ktime_now();
    return n;
}

static void next_writer(struct mux *m)
{
    m->current = m->head;
    if (m->head)
        m->head = m->head->queue_next;
}

/* Send what can be sent now: the rest of one unit, at most one stage of it. */
static void advance(struct mux *m)
{
    size_t budget = MUX_STAGE;
    while (flush(m)) {
        if (!m->current)
            next_writer(m);
        if (!m->current)
            return;
        if (budget == 0) {
            deferred_call(&m->work);
            return;
        }
        size_t n = fetch(m, budget);
        if (n == 0)
            return;
        budget -= n;
    }
}

static void append(struct mux *m, struct writer *w)
{
    w->queue_next = NULL;
    if (m->head)
        m->tail->queue_next = w;
    else
        m->head = w;
    m->tail = w;
}

/* Whether serving `w` would call back into another writer. */
static bool calls_other(const struct mux *m, const struct writer *w)
{
    return m->line_open && m->open && m->open != w && m->open->ops->displaced;
}

static void port_write(struct text_port *port, struct writer *w)
{
    struct mux *m = CONTAINER_OF(port, struct mux, port);
    if (w->queued)
        return;
    w->queued = true;
    if (m->current || m->head) {
        append(m, w);
        return;
    }
    m->current = w;
    if (calls_other(m, w))
        deferred_call(&m->work);
    else
        advance(m);
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

static void port_cancel(struct text_port *port, struct writer *w)
{
    struct mux *m = CONTAINER_OF(port, struct mux, port);
    unlink_writer(m, w);
    w->queued = false;
    w->displaced = false;
    if (m->current == w) {
        m->current = NULL;
        deferred_call(&m->work); /* others may be waiting */
    }
    if (m->displaced == w)
        m->displaced = NULL;
    if (m->open == w) {
        m->open = NULL;
        if (m->line_open)
            watch(m);
    }
}

/* Whether the open line, if there is one, may stay open. */
static bool line_kept(const struct mux *m)
{
    return m->line_open && m->open && m->open->keeps_line;
}

/* Time to close a line nobody adds to, and to give the line back to the
 * writer that was displaced. */
static void on_timer(struct ktimer *timer)
{
    struct mux *m = CONTAINER_OF(timer, struct mux, timer);
    if (line_kept(m))
        return;
    if (m->current || m->head || !flush(m)) {
        watch(m);
        return;
    }
    if (m->line_open) {
        uint64_t due = m->last + quiet_ticks();
        if (ktime_now() < due) {
            ktimer_arm(timer, due);
            return;
        }
        m->line_open = false;
        m->closing = "\n";
        if (!flush(m)) {
            watch(m);
            return;
        }
    }
    struct writer *w = m->displaced;
    if (w) {
        m->displaced = NULL;
        w->displaced = false;
        w->ops->line_free(w);
    }
}

static void on_deferred(struct deferred *work)
{
    advance(CONTAINER_OF(work, struct mux, work));
}

static void on_can_send(struct uart_client *client)
{
    advance(CONTAINER_OF(client, struct mux, client));
}

static void on_received(struct uart_client *client)
{
    struct mux *m = CONTAINER_OF(client, struct mux, client);
    uint8_t bytes[16];
    size_t n;
    while ((n = m->uart->ops->receive(m->uart, bytes, sizeof bytes)) > 0)
        m->receive(m->receiver, bytes, n);
}

static const struct text_port_ops port_ops = {
    .write = port_write,
    .cancel = port_cancel,
};

void mux_init(struct mux *mux, struct uart *uart,
              void (*receive)(void *receiver, const uint8_t *bytes, size_t len),
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

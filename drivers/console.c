/* SPDX-License-Identifier: Apache-2.0 */
/* Console, driver 0x1. */
#include <drivers/console.h>

enum { COMMAND_EXISTS, COMMAND_WRITE, COMMAND_READ, COMMAND_ABORT };
enum { BUFFER_TEXT = 1 };

#define CONSOLE_SHORT 32u /* bytes of a write that can be over at once */
enum { EVENT_WRITTEN = 1, EVENT_READ = 2 };

/* Per app. Its writer stands in the port's queue while a write is going on. */
struct ALIGNED(8) console_app {
    struct writer writer;
    struct console *console;
    pid_handle_t pid;
    uint32_t write_at, write_len;
    uint32_t read_at, read_len;
    flag_t reading;
    flag_t owes_written, owes_read; /* an event found the queue full */
    flag_t superseded; /* the unit going out is not of the latest write */
    uint32_t read_status;
    uint32_t ahead_at, ahead_count;
    uint8_t ahead[CONSOLE_AHEAD];
};

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Events that find the queue full are tried again until they fit. */
static NOINLINE COLD void retry_later(struct console *c)
{
    if (!c->retry.armed)
        ktimer_arm(&c->retry, ktime_now() + ktime_hz() / 100);
}

static void tell_written(struct console_app *app, struct process *p)
{
    struct console *c = app->console;
    err_t e = upcall_queue(&c->grant, p, EVENT_WRITTEN, app->write_at, 0, 0);
    app->owes_written = e == ERR_NOMEM;
    if (UNLIKELY(app->owes_written))
        retry_later(c);
}

static void tell_read(struct console_app *app, struct process *p)
{
    struct console *c = app->console;
    err_t e = upcall_queue(&c->grant, p, EVENT_READ, app->read_status,
                           app->read_at, 0);
    app->owes_read = e == ERR_NOMEM;
    if (app->owes_read)
        retry_later(c);
}

static COLD void on_retry(struct ktimer *timer)
{
    struct console *c = CONTAINER_OF(timer, struct console, retry);
    struct process *p = NULL;
    while ((p = grant_next(&c->grant, p)) != NULL) {
        struct console_app *app = grant_peek(&c->grant, p);
        if (app && app->owes_written)
            tell_written(app, p);
        if (app && app->owes_read)
            tell_read(app, p);
    }
}

/* ---- writing --------------------------------------------------------------- */

static NOINLINE COLD size_t write_next(struct writer *writer, uint8_t *to,
                                       size_t cap)
{
    struct console_app *app = CONTAINER_OF(writer, struct console_app, writer);
    struct process *p = process_find(app->pid);
    if (!p)
        return 0;
    if (app->superseded) {
        app->superseded = false;
        app->console->port->ops->write(app->console->port, writer);
        return 0;
    }
    struct uslice from = allowed_ro(&app->console->grant, p, BUFFER_TEXT);
    uint32_t end = min_u32(app->write_len, from.len);
    if (app->write_at < end) {
        uint32_t n = min_u32(end - app->write_at, (uint32_t)cap);
        if (user_read(p, to, from, app->write_at, n) == OK) {
            app->write_at += n;
            return n;
        }
    }
    tell_written(app, p);
    return 0;
}

static const struct writer_ops writer_ops = { .next = write_next };

static NOINLINE COLD void app_init(struct console_app *app, struct console *c,
                                   struct process *p)
{
    app->console = c;
    app->pid = process_pid(p);
    app->writer.ops = &writer_ops;
}

/* The app's state, made on first use; NULL if it has no room. */
static struct console_app *app_enter(struct console *c, struct process *p)
{
    struct console_app *app = grant_enter(&c->grant, p);
    if (LIKELY(app) && UNLIKELY(!app->console))
        app_init(app, c, p);
    return app;
}

/* Most writes are short and find the line idle: they are over at once. */
static ALWAYS_INLINE bool write_put(struct console *c, struct console_app *app,
                                    struct process *p, struct uslice from,
                                    uint32_t len)
{
    ALIGNED(4) uint8_t text[CONSOLE_SHORT];
    if (len > sizeof text || user_read(p, text, from, 0, len) != OK ||
        !c->port->ops->put(c->port, &app->writer, text, len))
        return false;
    app->write_at = len;
    tell_written(app, p);
    return true;
}

static NOINLINE struct sysret write_start(struct console *c, uint32_t len,
                                          struct process *p)
{
    struct console_app *app = app_enter(c, p);
    if (UNLIKELY(!app))
        return sysret_failure(ERR_NOMEM);
    struct uslice from = allowed_ro(&c->grant, p, BUFFER_TEXT);
    len = min_u32(len, from.len);
    if (UNLIKELY(!write_put(c, app, p, from, len))) {
        if (app->writer.queued && app->write_at != 0)
            app->superseded = true;
        app->write_at = 0;
        app->write_len = len;
        app->owes_written = false;
        c->port->ops->write(c->port, &app->writer);
    }
    return sysret_success();
}

/* ---- reading --------------------------------------------------------------- */

static void read_end(struct console_app *app, struct process *p, err_t status)
{
    app->reading = false;
    app->read_status = (uint8_t)status;
    tell_read(app, p);
}

/* Move one byte that has arrived into the app's buffer. */
static err_t read_byte(struct console_app *app, struct process *p)
{
    struct uslice to = allowed_rw(&app->console->grant, p, BUFFER_TEXT);
    if (to.len == 0)
        return ERR_NOMEM;
    if (to.len <= app->read_at)
        return ERR_SIZE;
    if (user_write(p, to, app->read_at, &app->ahead[app->ahead_at], 1) != OK)
        return ERR_NOMEM;
    app->read_at++;
    app->ahead_at = (uint8_t)((app->ahead_at + 1) % CONSOLE_AHEAD);
    app->ahead_count--;
    return OK;
}

/* Serve the read that is going on with what has arrived. */
static void read_serve(struct console_app *app, struct process *p)
{
    err_t status = OK;
    while (status == OK && app->read_at < app->read_len) {
        if (app->ahead_count == 0)
            return;
        status = read_byte(app, p);
    }
    read_end(app, p, status);
}

static NOINLINE COLD struct sysret read_start(struct console *c, uint32_t len,
                                              struct process *p)
{
    struct console_app *app = app_enter(c, p);
    if (!app)
        return sysret_failure(ERR_NOMEM);
    if (app->reading)
        return sysret_failure(ERR_BUSY);
    app->reading = true;
    app->owes_read = false;
    app->read_at = 0;
    app->read_len = min_u32(len, allowed_rw(&c->grant, p, BUFFER_TEXT).len);
    read_serve(app, p);
    return sysret_success();
}

static NOINLINE struct sysret read_abort(struct console *c, struct process *p)
{
    struct console_app *app = grant_peek(&c->grant, p);
    if (app && app->reading)
        read_end(app, p, ERR_CANCEL);
    return sysret_success();
}

static NOINLINE COLD bool sink_put(struct text_sink *sink, uint32_t to,
                                   uint8_t byte)
{
    struct console *c = CONTAINER_OF(sink, struct console, sink);
    struct process *p = process_find((pid_handle_t){ to });
    struct console_app *app = p ? app_enter(c, p) : NULL;
    if (!app || app->ahead_count == CONSOLE_AHEAD)
        return false;
    app->ahead[(app->ahead_at + app->ahead_count) % CONSOLE_AHEAD] = byte;
    app->ahead_count++;
    if (app->reading)
        read_serve(app, p);
    return true;
}

/* ---- the driver ------------------------------------------------------------ */

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    (void)arg2;
    switch (number) {
    case COMMAND_EXISTS:
        return sysret_success();
    case COMMAND_WRITE:
        return write_start(self, arg1, p);
    case COMMAND_READ:
        return read_start(self, arg1, p);
    case COMMAND_ABORT:
        return read_abort(self, p);
    default:
        return sysret_failure(ERR_NOSUPPORT);
    }
}

static COLD void gone(void *self, struct process *p)
{
    struct console *c = self;
    struct console_app *app = grant_peek(&c->grant, p);
    if (app)
        c->port->ops->cancel(c->port, &app->writer);
}

const struct driver_ops console_ops = { .command = command, .gone = gone };

static const struct text_sink_ops sink_ops = { .put = sink_put };

NOINLINE COLD void console_init(struct console *console, struct text_port *port)
{
    console->sink.ops = &sink_ops;
    console->grant.layout.upcalls = 3;
    console->grant.layout.allow_ro = 2;
    console->grant.layout.allow_rw = 2;
    console->grant.layout.size = sizeof(struct console_app);
    console->port = port;
    console->retry.fire = on_retry;
}

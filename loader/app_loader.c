/* SPDX-License-Identifier: Apache-2.0 */
/* See app_loader.h. One request at a time, of all apps; what it is about is in
 * the driver, what ends it is the loader's done(). */
#include <kernel/log.h>
#include <kernel/string.h>
#include <loader/app_loader.h>

enum { BUFFER_BINARY = 0, BUFFER_ENTRY = 0 };
/* The commands of both drivers: those of the second have MORE added. */
enum { SETUP = 1, WRITE, FINALIZE, LOAD, ABORT, UNLOAD, COMMANDS };
enum {
    MORE = COMMANDS - 1,
    LIST,
    INFO,
    ENABLE,
    DISABLE,
    REMOVE,
    UPDATE,
    COMPACT,
    PROGRESS,
    RESUME,
    START,
    STOP,
    CONFIRM,
    ROLL_BACK,
    MORE_COMMANDS,
};

/* What is kept for each app, in the first driver's grant. */
struct ALIGNED(8) memory {
    struct store_handle finalized, replaces;
    bool has_finalized, is_update;
};

/* ---- who may -------------------------------------------------------------------- */

/* An app that asks again and again does not fill the log: of one life each
 * driver is told of once, while no other app is refused between. */
static bool is_news(struct app_loader *d, pid_handle_t pid, uint32_t driver)
{
    uint8_t of = driver == DRIVER_APP_LOADER        ? 1
                 : driver == DRIVER_APP_LOADER_MORE ? 2
                                                    : 4;
    if (!pid_equal(d->refused, pid))
        d->refused_of = 0;
    d->refused = pid;
    bool is_told = (d->refused_of & of) != 0;
    d->refused_of |= of;
    return !is_told;
}

/* The app of that process, if it is one of the store's. */
static bool app_of(const struct app_loader *d, pid_handle_t pid,
                   struct authority_app *app, struct tbf *tbf)
{
    const struct store *s = &d->loader->store;
    uint32_t at = process_flash(pid) - (uint32_t)(uintptr_t)store_bytes(s, 0);
    struct identity identity;
    app->key = loader_key(d->loader, pid); /* opens flash */
    app->base = store_bytes(s, at);
    app->tbf = tbf;
    if (at >= store_end(s) ||
        tbf_parse(app->base, store_end(s) - at, tbf) != TBF_OK)
        return false;
    identity_make(&identity, loader_config(d->loader)->policy->identity,
                  app->base, tbf, app->key);
    app->short_id = identity.short_id;
    return true;
}

bool app_loader_allows(struct app_loader *d, struct process *p, uint32_t driver)
{
    struct authority_app app;
    struct tbf tbf;
    if (!app_of(d, process_pid(p), &app, &tbf))
        return false;
    enum authority a = authority_check(d->list, d->count, &app, driver);
    if (a != AUTHORITY_OK && is_news(d, process_pid(p), driver))
        klog(LOG_WARN, "app at 0x%x may not use driver 0x%x: %s",
             (unsigned)(uintptr_t)app.base, (unsigned)driver,
             authority_text(a));
    return a == AUTHORITY_OK;
}

/* ---- the end of a request ---------------------------------------------------------- */

static err_t start_status(const struct loader_report *r)
{
    switch (r->verdict) {
    case LOADER_OK:
        return OK;
    case LOADER_BLOCKED:
        return ERR_ALREADY;
    case LOADER_DISABLED:
        return ERR_OFF;
    case LOADER_NOT_LOADED:
        return r->detail == LOAD_NO_RAM || r->detail == LOAD_NO_SLOT ? ERR_NOMEM
                                                                     : ERR_FAIL;
    case LOADER_BAD_OBJECT:
    case LOADER_LOST:
    case LOADER_NO_CREDENTIAL:
    case LOADER_REJECTED:
    case LOADER_NO_UPDATE:
        break;
    }
    return ERR_FAIL;
}

static void tell(struct app_loader *d, err_t e)
{
    struct process *p = process_find(d->asker);
    uint32_t command = d->command, number = command - SETUP;
    const struct grant *grant = &d->grant;
    uint32_t value = d->at;
    d->asker = PID_NONE;
    if (p == NULL)
        return;
    if (command > MORE) {
        grant = &d->more_grant;
        number = 0;
        value = command - MORE;
    }
    (void)upcall_queue(grant, p, number, (uint32_t)e, value, 0);
}

/* The next piece of what is to be written, as the app's buffer is now. */
static err_t write_piece(struct app_loader *d)
{
    struct process *p = process_find(d->asker);
    if (p == NULL)
        return ERR_CANCEL;
    uint32_t n = d->len - d->at;
    if (n > APP_LOADER_PIECE)
        n = APP_LOADER_PIECE;
    struct uslice from = allowed_ro(&d->grant, p, BUFFER_BINARY);
    err_t e = user_read(p, d->piece, from, d->at, n);
    if (e == OK)
        e = loader_write(d->loader, &d->client, d->offset + d->at, d->piece, n);
    if (e == OK)
        d->at += n;
    return e;
}

/* Is a write under way that is not over yet? */
static bool is_writing(const struct app_loader *d)
{
    return d->command == WRITE && d->at < d->len;
}

static void begun(struct app_loader *d, pid_handle_t pid, uint32_t command)
{
    d->asker = pid;
    d->command = (uint8_t)command;
    d->wants_abort = false;
    d->at = 0;
}

/* What an abort has been waiting for is over. */
static void abort_now(struct app_loader *d, err_t e)
{
    pid_handle_t pid = d->asker;
    tell(d, e == OK && is_writing(d) ? ERR_CANCEL : e);
    begun(d, pid, ABORT);
    e = loader_abort(d->loader, &d->client);
    if (e != OK)
        tell(d, e);
}

static void remember(struct app_loader *d, const struct loader_result *r)
{
    struct process *p = process_find(d->asker);
    struct memory *m = p == NULL ? NULL : grant_peek(&d->grant, p);
    if (m == NULL)
        return;
    m->is_update = false;
    if (r->op == LOADER_COMMIT) {
        m->has_finalized = true;
        m->finalized = r->handle;
    }
}

static void done(struct loader_client *client, const struct loader_result *r)
{
    struct app_loader *d = CONTAINER_OF(client, struct app_loader, client);
    err_t e = r->e;
    if (e == OK && (r->op == LOADER_OPEN || r->op == LOADER_COMMIT))
        remember(d, r);
    if (d->wants_abort) {
        abort_now(d, e);
        return;
    }
    if (e == OK && is_writing(d)) {
        e = write_piece(d);
        if (e == OK)
            return;
    }
    if (e == OK && r->op == LOADER_SEAL) {
        e = loader_commit(d->loader, client, false);
        if (e == OK)
            return;
    }
    if (e == OK && r->op == LOADER_START)
        e = start_status(&r->report);
    tell(d, e);
}

/* ---- the beginning ------------------------------------------------------------------- */

static err_t setup(struct app_loader *d, uint32_t size, uint32_t id)
{
    const struct store_request request = { size, id, 0, STORE_NONE };
    return loader_open(d->loader, &d->client, &request);
}

static err_t write(struct app_loader *d, struct process *p, uint32_t offset,
                   uint32_t len)
{
    if (len > APP_LOADER_WRITE_MAX ||
        len > allowed_ro(&d->grant, p, BUFFER_BINARY).len)
        return ERR_SIZE;
    if (len == 0)
        return ERR_INVAL;
    if (loader_busy(d->loader) != LOADER_IDLE)
        return ERR_BUSY; /* the piece may be lent still */
    d->len = len;
    d->offset = offset;
    return write_piece(d);
}

/* Of several of that ShortId the one that lives. */
static err_t unload(struct app_loader *d, uint32_t short_id)
{
    const struct store *s = &d->loader->store;
    struct loader_object o;
    struct authority_app app;
    struct tbf tbf;
    uint32_t at = STORE_NONE;
    if (short_id == 0)
        return ERR_INVAL;
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        if (app_of(d, pid, &app, &tbf) && app.short_id == short_id &&
            (at == STORE_NONE || process_find(pid) != NULL))
            at = (uint32_t)(app.base - store_bytes(s, 0));
    }
    if (at == STORE_NONE || !loader_walk(d->loader, &at, &o))
        return ERR_NODEVICE;
    d->at = (uint32_t)(uintptr_t)store_bytes(s, o.store.at);
    return loader_stop(d->loader, &d->client, o.store.handle);
}

/* To be judged by what is installed now, an update keeps its handle. */
static err_t request(struct app_loader *d, struct process *p, uint32_t command,
                     struct store_handle h)
{
    static const uint8_t ops[] = {
        [FINALIZE] = LOADER_SEAL,       [ABORT] = LOADER_ABORT,
        [LOAD] = LOADER_START,          [ENABLE] = LOADER_ENABLE,
        [DISABLE] = LOADER_ENABLE,      [REMOVE] = LOADER_REMOVE,
        [COMPACT] = LOADER_COMPACT,     [START] = LOADER_START,
        [STOP] = LOADER_STOP,           [CONFIRM] = LOADER_CONFIRM,
        [ROLL_BACK] = LOADER_ROLL_BACK,
    };
    const struct memory *m = grant_peek(&d->grant, p);
    switch (command) {
    case SETUP:
        return setup(d, h.at, 0);
    case RESUME:
        return setup(d, h.at, h.tag);
    case WRITE:
        return write(d, p, h.at, h.tag);
    case UNLOAD:
        return unload(d, h.at);
    case FINALIZE:
        h = m->is_update ? m->replaces : LOADER_NO_HANDLE;
        break;
    case LOAD:
        if (!m->has_finalized)
            return ERR_RESERVE;
        h = m->finalized;
        break;
    default:
        break;
    }
    return loader_ask(d->loader, &d->client, (enum loader_op)ops[command], h,
                      command == ENABLE);
}

/* Nobody's request is under way, and this one gets its event. `grant` is there
 * from now on: so the driver is told of the app's end. */
static err_t may_begin(struct app_loader *d, const struct grant *grant,
                       struct process *p)
{
    if (grant_enter(&d->grant, p) == NULL || grant_enter(grant, p) == NULL)
        return ERR_NOMEM;
    if (d->asker.handle != 0)
        return ERR_BUSY;
    d->client.owner = process_pid(p).handle;
    return OK;
}

/* An abort of what the app itself has under way waits for the end of that. */
static bool can_wait(const struct app_loader *d, const struct process *p)
{
    bool is_transfer =
        d->command == SETUP || d->command == WRITE || d->command == RESUME;
    return is_transfer && !d->wants_abort &&
           pid_equal(d->asker, process_pid(p));
}

/* ---- what there is ---------------------------------------------------------------------- */

static bool is_app(const struct loader_object *o)
{
    return o->store.error == TBF_OK && !o->store.is_free;
}

static err_t find_number(struct app_loader *d, uint32_t number,
                         struct loader_object *o)
{
    uint32_t at = STORE_NONE;
    while (loader_walk(d->loader, &at, o))
        if (is_app(o) && number-- == 0)
            return OK;
    return ERR_NODEVICE;
}

static void entry_make(struct app_loader *d, struct app_loader_entry *entry,
                       const struct loader_object *o)
{
    const struct tbf *tbf = &o->store.tbf;
    uint32_t len = tbf->name.len;
    *entry = (struct app_loader_entry){
        .handle = { o->store.handle.at, o->store.handle.tag },
        .size = o->store.size,
        .version = tbf->version,
        .short_id = tbf->short_id,
        .pid = o->pid.handle,
    };
    if (len > sizeof entry->name - 1)
        len = sizeof entry->name - 1;
    memcpy(entry->name, loader_bytes(d->loader, o->store.at + tbf->name.offset),
           len);
    if (o->store.is_enabled)
        entry->flags |= APP_LOADER_ENABLED;
    if (o->store.trial_of != STORE_NONE)
        entry->flags |= APP_LOADER_ON_TRIAL;
    if (o->store.replaced_by != STORE_NONE)
        entry->flags |= APP_LOADER_REPLACED;
    if (process_find(o->pid) != NULL)
        entry->flags |= APP_LOADER_RUNS;
}

static struct sysret entry_put(struct app_loader *d, struct process *p,
                               const struct loader_object *o)
{
    struct app_loader_entry entry;
    struct uslice to = allowed_rw(&d->more_grant, p, BUFFER_ENTRY);
    if (to.len < sizeof entry)
        return sysret_failure(ERR_SIZE);
    entry_make(d, &entry, o);
    return sysret_of(user_write(p, to, 0, &entry, sizeof entry));
}

static struct sysret update(struct app_loader *d, struct process *p,
                            struct store_handle h)
{
    const struct store_transfer *t = loader_transfer(d->loader);
    struct memory *m = grant_enter(&d->grant, p);
    if (m == NULL)
        return sysret_failure(ERR_NOMEM);
    if (t == NULL || t->owner != process_pid(p).handle)
        return sysret_failure(ERR_RESERVE);
    m->is_update = true;
    m->replaces = h;
    return sysret_success();
}

/* What is answered at once. */
static struct sysret answer(struct app_loader *d, struct process *p,
                            uint32_t number, struct store_handle h)
{
    struct loader_object o;
    if (number == PROGRESS) {
        const struct store_transfer *t = loader_transfer(d->loader);
        if (t == NULL)
            return sysret_failure(ERR_NODEVICE);
        return sysret_3u32(p, t->size, t->offset,
                           t->owner == process_pid(p).handle);
    }
    err_t e = number == LIST ? find_number(d, h.at, &o)
                             : loader_find(d->loader, h, &o);
    if (e != OK)
        return sysret_failure(e);
    return number == UPDATE ? update(d, p, h) : entry_put(d, p, &o);
}

static struct sysret execute(struct app_loader *d, uint32_t command,
                             struct store_handle h, struct process *p)
{
    const struct grant *grant = command > MORE ? &d->more_grant : &d->grant;
    if (!app_loader_allows(
            d, p, command > MORE ? DRIVER_APP_LOADER_MORE : DRIVER_APP_LOADER))
        return sysret_failure(ERR_NOSUPPORT);
    if (command == LIST || command == INFO || command == UPDATE ||
        command == PROGRESS)
        return answer(d, p, command, h);
    if (command == ABORT && can_wait(d, p)) {
        d->wants_abort = true;
        return sysret_success();
    }
    err_t e = may_begin(d, grant, p);
    if (e != OK)
        return sysret_failure(e);
    begun(d, process_pid(p), command);
    e = request(d, p, command, h);
    if (e != OK)
        d->asker = PID_NONE;
    return sysret_of(e);
}

static struct sysret command(void *self, uint32_t number, uint32_t arg1,
                             uint32_t arg2, struct process *p)
{
    if (number == 0)
        return sysret_success();
    if (number >= COMMANDS)
        return sysret_failure(ERR_NOSUPPORT);
    return execute(self, number, (struct store_handle){ arg1, arg2 }, p);
}

static struct sysret more(void *self, uint32_t number, uint32_t arg1,
                          uint32_t arg2, struct process *p)
{
    if (number == 0)
        return sysret_success();
    if (number >= MORE_COMMANDS - MORE)
        return sysret_failure(ERR_NOSUPPORT);
    return execute(self, number + MORE, (struct store_handle){ arg1, arg2 }, p);
}

/* Its transfer is interrupted; what it asked for ends without telling it. */
static void gone(void *self, struct process *p)
{
    struct app_loader *d = self;
    pid_handle_t pid = process_pid(p);
    loader_owner_gone(d->loader, pid.handle);
    if (pid_equal(d->asker, pid))
        d->asker = PID_NONE;
}

const struct driver_ops app_loader_ops = { .command = command, .gone = gone };
const struct driver_ops app_loader_more_ops = { .command = more };

void app_loader_init(struct app_loader *d, struct loader *loader,
                     const struct authority_line *list, uint32_t count)
{
    d->grant.layout.upcalls = 6;
    d->grant.layout.allow_ro = 1;
    d->grant.layout.size = sizeof(struct memory);
    d->more_grant.layout.upcalls = 1;
    d->more_grant.layout.allow_rw = 1;
    d->loader = loader;
    d->list = list;
    d->count = count;
    d->client.done = done;
}

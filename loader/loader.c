/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: each is a chain of steps. A step ends by naming the next one, to
 * come from the kernel's loop, after the store's operation, or after a process
 * has ended or begun. docs/design/loader.md has the reasons. */
#include <kernel/flash_hold.h>
#include <kernel/log.h>
#include <kernel/string.h>
#include <loader/loader_priv.h>

/* ---- steps ------------------------------------------------------------------- */

static struct loader *of_store(struct store *s)
{
    return CONTAINER_OF(s, struct loader, store);
}

void loader_later(struct loader *l, loader_step *next)
{
    l->next = next;
    deferred_call(&l->work);
}

static void work_run(struct deferred *work)
{
    struct loader *l = CONTAINER_OF(work, struct loader, work);
    loader_step *next = l->next;
    if (l->is_mending)
        return; /* comes after that */
    l->next = NULL;
    flash_open();
    if (next != NULL)
        next(l);
}

void loader_done(struct loader *l, err_t e)
{
    struct loader_client *client = l->client;
    l->result.op = (enum loader_op)l->op;
    l->result.e = e;
    l->client = NULL;
    l->loaded = NULL;
    l->op = LOADER_IDLE;
    if (client != NULL) {
        const struct loader_result result = l->result; /* may ask for more */
        client->done(client, &result);
    }
}

err_t loader_begin(struct loader *l, struct loader_client *client,
                   enum loader_op op)
{
    if (l->op != LOADER_IDLE || l->is_mending)
        return ERR_BUSY;
    if (!l->is_mounted)
        return ERR_OFF;
    l->op = (uint8_t)op;
    l->client = client;
    l->result = (struct loader_result){ 0 };
    flash_open();
    return OK;
}

err_t loader_store(struct loader *l, err_t e, loader_step *then)
{
    l->then = e == OK ? then : NULL;
    if (e != OK) {
        l->op = LOADER_IDLE;
        l->client = NULL;
    }
    return e;
}

void loader_store_step(struct loader *l, err_t e, loader_step *then)
{
    l->then = e == OK ? then : NULL;
    if (e != OK)
        loader_done(l, e);
}

/* ---- the store's side ------------------------------------------------------------ */

static void mend(struct loader *l);

static void store_work_run(struct deferred *work)
{
    struct loader *l = CONTAINER_OF(work, struct loader, store_work);
    struct store *s = &l->store;
    flash_open();
    store_run(s);
    if (l->is_mounted && !s->is_mounted && s->op == STORE_IDLE && s->pc == 0) {
        l->store_e = ERR_FAIL; /* a driver's rewrite has failed */
        mend(l);
    }
}

static void store_wake(struct store *s)
{
    flash_call(&of_store(s)->store_work);
}

static void hold(struct loader *l, bool on)
{
    if (on != l->is_holding) {
        if (on)
            flash_hold();
        else
            flash_release();
    }
    l->is_holding = on;
}

static void store_broken(struct store *s, bool is_broken)
{
    hold(of_store(s), is_broken);
}

/* Compaction has something to put right when it fails. */
static void store_ended(struct loader *l)
{
    loader_step *then = l->then;
    bool goes_on =
        l->store_e == OK || l->op == LOADER_BOOT || l->op == LOADER_COMPACT;
    l->then = NULL;
    if (then == NULL)
        return; /* what had failed was a driver's */
    if (goes_on)
        loader_later(l, then); /* not on top of what the store was at */
    else
        loader_done(l, l->store_e);
}

/* Nothing will mend it now. What lies where flash is not what it is to be does
 * not run on. */
static void flash_lost(struct loader *l)
{
    const struct store *s = &l->store;
    hold(l, false);
    l->is_mounted = false;
    klog(LOG_ERROR,
         "app flash failed (error %u): %snothing is installed or removed any "
         "more until the next boot",
         (unsigned)l->store_e,
         l->op == LOADER_BOOT ? "no app is started, " : "");
    uint32_t from = flash_address(l, s->copy_sector);
    uint32_t to = from + store_geometry(s)->sector_size;
    struct process_info p;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (s->copy_sector != STORE_NONE && process_inspect(slot, &p) &&
            p.object < to && p.object + (p.flash_end - p.flash_start) > from)
            (void)process_terminate(p.pid); /* refused if it is dead */
}

/* The flash has failed once, and RAM may be wrong about it. Read anew it may
 * work again, and a sector that was left half way is finished. */
static void mend(struct loader *l)
{
    l->is_judged = false;
    l->is_mending = true;
    if (store_mount(&l->store) != OK)
        l->is_mending = false;
}

static void store_done_told(struct store *s, enum store_op op, err_t e)
{
    struct loader *l = of_store(s);
    if (!l->is_mending)
        l->store_e = e;
    if (!s->is_mounted && op != STORE_MOUNT) {
        mend(l);
        if (l->is_mending)
            return;
    }
    l->is_mending = false;
    if (!s->is_mounted)
        flash_lost(l);
    if (l->next != NULL)
        deferred_call(&l->work);
    store_ended(l);
}

static bool may_move(struct store *s, const struct store_object *o,
                     uint32_t shift)
{
    (void)s, (void)shift;
    return o->tbf.fixed_flash == TBF_NO_ADDRESS;
}

static const struct store_client store_client = {
    .wake = store_wake,
    .done = store_done_told,
    .broken = store_broken,
    .may_move = may_move,
};

/* ---- boot --------------------------------------------------------------------------- */

static void boot_mounted(struct loader *l)
{
    l->is_mounted = l->store_e == OK;
    load_walk(l);
}

void loader_boot(struct loader *l, uint32_t secret)
{
    struct store *s = &l->store;
    l->work.run = work_run;
    l->store_work.run = store_work_run;
    load_init(l);
    update_init(l);
    accept_init(l);
    s->client = &store_client;
    s->secret = secret;
    s->idle_limit = loader_config(l)->policy->idle_ms;
    l->op = LOADER_BOOT;
    l->then = boot_mounted;
    l->store_e = store_mount(s);
    if (l->store_e != OK) {
        klog(LOG_ERROR, "no apps: the board's store_layout does not suit its "
                        "flash");
        loader_later(l, boot_mounted);
    }
}

/* ---- what there is -------------------------------------------------------------------- */

bool loader_walk(struct loader *l, uint32_t *at, struct loader_object *object)
{
    *object = (struct loader_object){ 0 };
    if (!l->is_mounted)
        return false;
    flash_open();
    if (!store_walk(&l->store, at, &object->store))
        return false;
    object->pid = load_process(l, object->store.at);
    return true;
}

uint32_t loader_seek(struct loader *l, uint32_t at)
{
    if (!l->is_mounted || at == STORE_NONE)
        return at;
    flash_open();
    return store_seek(&l->store, at);
}

err_t loader_find(struct loader *l, struct store_handle handle,
                  struct loader_object *object)
{
    flash_open();
    err_t e = store_find(&l->store, handle, &object->store);
    if (e == OK)
        object->pid = load_process(l, object->store.at);
    return e;
}

err_t loader_find_short_id(struct loader *l, uint32_t short_id,
                           struct loader_object *object)
{
    struct loader_object o;
    uint32_t at = STORE_NONE;
    err_t e = ERR_NODEVICE;
    if (!l->is_mounted)
        return ERR_OFF;
    while (loader_walk(l, &at, &o)) {
        struct candidate c;
        if (o.store.error != TBF_OK || o.store.is_free)
            continue;
        candidate_make(l, &c, &o.store);
        if (c.identity.short_id != short_id || short_id == 0)
            continue;
        if (e != OK || process_find(o.pid) != NULL)
            *object = o;
        e = OK;
    }
    return e;
}

uint32_t loader_key(const struct loader *l, pid_handle_t pid)
{
    const struct store_object o = { .at = process_flash(pid) -
                                          flash_address(l, 0) };
    flash_open();
    return o.at < store_end(&l->store) ? accept_key(l, &o) : 0;
}

const uint8_t *loader_bytes(struct loader *l, uint32_t at)
{
    flash_open();
    return store_bytes(&l->store, at);
}

void loader_space(struct loader *l, struct loader_space *space)
{
    const struct store *s = &l->store;
    struct loader_object o;
    uint32_t at = STORE_NONE, gap = 0, end = store_start(s);
    *space = (struct loader_space){ .size = store_end(s) - store_start(s),
                                    .unit = store_unit(s),
                                    .head = store_head(s) };
    while (loader_walk(l, &at, &o)) {
        gap = o.store.is_free ? gap + o.store.size : 0;
        space->free += o.store.is_free ? o.store.size : 0;
        if (gap > space->largest)
            space->largest = gap;
        end = o.store.at + o.store.size;
    }
    space->free += store_end(s) - end;
    if (gap + (store_end(s) - end) > space->largest)
        space->largest = gap + (store_end(s) - end);
}

enum loader_op loader_busy(const struct loader *l)
{
    return (enum loader_op)l->op;
}

bool loader_is_starting(const struct loader *l)
{
    return l->op == LOADER_BOOT || l->is_mending;
}

/* ---- a transfer -------------------------------------------------------------------------- */

static void end_ok(struct loader *l)
{
    loader_done(l, OK);
}

bool loader_progress(struct loader *l, struct loader_progress *progress)
{
    const struct store *s = &l->store;
    *progress = (struct loader_progress){ 0 };
    if (s->hole.kind != HOLE_INSTALL || !s->hole.is_ready)
        return false;
    *progress = (struct loader_progress){
        .owner = s->transfer.owner,
        .size = s->transfer.size,
        .id = s->transfer.id,
        .offset = s->transfer.offset,
        .is_open = s->transfer.owner != 0,
        .is_known = s->transfer.is_known,
        .is_sealed = s->transfer.is_sealed,
    };
    return true;
}

static void opened(struct loader *l)
{
    trial_watch(l); /* silence is timed, too */
    end_ok(l);
}

err_t loader_open(struct loader *l, struct loader_client *client,
                  const struct store_request *request)
{
    err_t e = loader_begin(l, client, LOADER_OPEN);
    if (e != OK)
        return e;
    e = store_open(&l->store, client->owner, request);
    if (e == OK)
        l->is_judged = false;
    return loader_store(l, e, opened);
}

err_t loader_write(struct loader *l, struct loader_client *client,
                   uint32_t offset, const uint8_t *bytes, uint32_t len)
{
    err_t e = loader_begin(l, client, LOADER_WRITE);
    if (e != OK)
        return e;
    return loader_store(
        l, store_write(&l->store, client->owner, offset, bytes, len), end_ok);
}

/* The object that the transfer will be. Nobody has accepted it yet. */
static bool transfer_object(const struct loader *l, struct store_object *o)
{
    const struct store *s = &l->store;
    *o = (struct store_object){ .at = s->transfer.at,
                                .trial_of = STORE_NONE,
                                .replaced_by = STORE_NONE,
                                .size = s->transfer.size };
    o->error = tbf_parse(store_bytes(s, o->at), o->size, &o->tbf);
    return o->error == TBF_OK;
}

static uint32_t floor_of(struct loader *l, const struct identity *identity)
{
    struct store_object o;
    uint32_t at = STORE_NONE, floor = 0;
    while (store_walk(&l->store, &at, &o)) {
        struct candidate c;
        if (o.error != TBF_OK || o.is_free || o.tbf.is_padding ||
            accept_outranks(l, l->key, accept_key(l, &o)))
            continue;
        candidate_make(l, &c, &o);
        floor = version_floor(floor, identity, &c);
    }
    return floor;
}

/* `c`: the new one. Of none that is replaced only the floor speaks against it. */
static enum update_verdict judge(struct loader *l, const struct candidate *c)
{
    struct store_object old;
    struct candidate replaced = *c;
    struct update u = { .new_identity = &c->identity,
                        .old_identity = &replaced.identity,
                        .new_version = c->version,
                        .floor = floor_of(l, &c->identity),
                        .new_key = l->key,
                        .is_forced = l->is_on };
    accept_update(l, &u);
    if (!l->is_update)
        return c->version < u.floor ? UPDATE_BELOW_FLOOR : UPDATE_OK;
    if (store_find(&l->store, l->replaces, &old) != OK)
        return UPDATE_OTHER_IDENTITY;
    candidate_make(l, &replaced, &old);
    u.old_version = replaced.version;
    u.old_key = accept_key(l, &old);
    return update_check(&u);
}

/* What is in the transfer is not taken. */
static void seal_refuse(struct loader *l, enum loader_verdict verdict,
                        uint32_t detail, uint32_t other)
{
    struct loader_report *r = &l->result.report;
    r->verdict = verdict;
    r->detail = detail;
    r->other = other;
    report_log(l, &l->object.store.tbf);
    loader_done(l, ERR_FAIL);
}

static void seal_checked(struct loader *l)
{
    const struct check_result *check = &l->check;
    struct candidate c;
    if (!accept_may_run(l)) {
        seal_refuse(l,
                    check->verdict == CHECK_NO_CREDENTIAL ? LOADER_NO_CREDENTIAL
                                                          : LOADER_REJECTED,
                    check->verdict, check->format);
        return;
    }
    l->key = check->key;
    candidate_with(l, &c, &l->object.store, l->key);
    enum update_verdict verdict = judge(l, &c);
    if (verdict != UPDATE_OK) {
        seal_refuse(l, LOADER_NO_UPDATE, verdict,
                    l->is_update ? l->replaces.at : STORE_NONE);
        return;
    }
    l->is_judged = true;
    loader_done(l, OK);
}

static void seal_check(struct loader *l)
{
    accept_forget(l, l->object.store.at);
    accept_check(l, &l->object.store, seal_checked);
}

static void sealed(struct loader *l)
{
    struct store_object *o = &l->object.store;
    struct loader_report *r = &l->result.report;
    r->at = l->store.transfer.at;
    if (transfer_object(l, o)) {
        accept_kin(l, seal_check);
        return;
    }
    r->verdict = LOADER_BAD_OBJECT;
    r->detail = o->error;
    loader_done(l, ERR_INVAL);
}

err_t loader_seal(struct loader *l, struct loader_client *client,
                  const struct store_handle *replaces, bool force)
{
    err_t e = loader_begin(l, client, LOADER_SEAL);
    if (e != OK)
        return e;
    if (replaces != NULL)
        e = store_find(&l->store, *replaces, &l->object.store);
    if (e == OK)
        e = store_seal(&l->store, client->owner);
    if (e == OK) {
        l->is_judged = false;
        l->is_update = replaces != NULL;
        l->is_on = force;
        if (replaces != NULL)
            l->replaces = *replaces;
    }
    return loader_store(l, e, sealed);
}

/* Find the object that is there now, for the result and for what follows. */
static bool object_at(struct loader *l, uint32_t at)
{
    uint32_t walk = STORE_NONE;
    while (store_walk(&l->store, &walk, &l->object.store)) {
        if (l->object.store.at != at || l->object.store.is_free)
            continue;
        l->result.handle = l->object.store.handle;
        return true;
    }
    return false;
}

static void commit_start(struct loader *l)
{
    trial_watch(l);
    if (object_at(l, l->at))
        load_begin(l, end_ok);
    else
        loader_done(l, ERR_FAIL);
}

static void committed(struct loader *l)
{
    l->is_judged = false;
    bool is_there = object_at(l, l->at);
    if (is_there) /* without room it is refused at its start */
        (void)!accept_add(l, &l->object.store, l->key);
    if (!is_there)
        loader_done(l, ERR_FAIL);
    else if (l->is_update)
        load_stop(l, l->replaces.at, commit_start);
    else if (l->wants_start)
        load_begin(l, end_ok);
    else
        end_ok(l);
}

err_t loader_commit(struct loader *l, struct loader_client *client, bool start)
{
    err_t e = loader_begin(l, client, LOADER_COMMIT);
    if (e != OK)
        return e;
    l->wants_start = start;
    l->at = l->store.transfer.at;
    e = l->is_judged ? store_commit(&l->store, client->owner,
                                    l->is_update ? &l->replaces : NULL)
                     : ERR_RESERVE;
    return loader_store(l, e, committed);
}

err_t loader_abort(struct loader *l, struct loader_client *client)
{
    err_t e = loader_begin(l, client, LOADER_ABORT);
    if (e != OK)
        return e;
    e = store_abort(&l->store, client->owner);
    if (e == OK)
        l->is_judged = false;
    return loader_store(l, e, end_ok);
}

void loader_let_go(struct loader *l, uint32_t owner)
{
    store_owner_gone(&l->store, owner);
}

void loader_owner_gone(struct loader *l, uint32_t owner)
{
    if (l->client != NULL && l->client->owner == owner)
        l->client = NULL;
    loader_let_go(l, owner);
}

/* ---- objects -------------------------------------------------------------------------------- */

/* Begin a request about the object of that handle, which is l->object then. */
static err_t about_object(struct loader *l, struct loader_client *client,
                          enum loader_op op, struct store_handle handle)
{
    err_t e = loader_begin(l, client, op);
    if (e != OK)
        return e;
    l->handle = handle;
    l->at = handle.at;
    return loader_store(l, store_find(&l->store, handle, &l->object.store),
                        NULL);
}

static void remove_stopped(struct loader *l)
{
    accept_forget(l, l->at);
    loader_store_step(l, store_remove(&l->store, l->handle), end_ok);
}

static void remove_step(struct loader *l)
{
    load_stop(l, l->at, remove_stopped);
}

err_t loader_remove(struct loader *l, struct loader_client *client,
                    struct store_handle handle)
{
    struct loader_progress progress;
    if (loader_progress(l, &progress) && progress.is_open)
        return ERR_BUSY; /* before anything is stopped */
    err_t e = about_object(l, client, LOADER_REMOVE, handle);
    if (e == OK)
        loader_later(l, remove_step);
    return e;
}

static void enable_stopped(struct loader *l)
{
    loader_store_step(l, store_enable(&l->store, l->handle, l->is_on), end_ok);
}

static void enable_step(struct loader *l)
{
    if (l->is_on)
        enable_stopped(l);
    else
        load_stop(l, l->at, enable_stopped);
}

err_t loader_enable(struct loader *l, struct loader_client *client,
                    struct store_handle handle, bool on)
{
    err_t e = about_object(l, client, LOADER_ENABLE, handle);
    if (e != OK)
        return e;
    l->is_on = on;
    loader_later(l, enable_step);
    return OK;
}

static void start_forgotten(struct loader *l)
{
    load_begin(l, end_ok);
}

static void start_afresh(struct loader *l)
{
    load_stop(l, l->at, start_forgotten);
}

err_t loader_start(struct loader *l, struct loader_client *client,
                   struct store_handle handle)
{
    err_t e = about_object(l, client, LOADER_START, handle);
    if (e != OK)
        return e;
    pid_handle_t pid = load_process(l, handle.at);
    if (process_find(pid) != NULL || process_is_starting(pid))
        return loader_store(l, ERR_ALREADY, NULL);
    loader_later(l, start_afresh);
    return OK;
}

static void stop_request(struct loader *l)
{
    load_stop(l, l->at, end_ok);
}

err_t loader_stop(struct loader *l, struct loader_client *client,
                  struct store_handle handle)
{
    err_t e = about_object(l, client, LOADER_STOP, handle);
    if (e == OK)
        loader_later(l, stop_request);
    return e;
}

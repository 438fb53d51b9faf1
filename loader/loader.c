/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: each is a script of steps, one after the other. A step returns when
 * the next one comes: at once, from the kernel's loop, after the store's
 * operation, or after a process has ended or begun. docs/design/loader.md has
 * the reasons. */
#include <kernel/flash_hold.h>
#include <kernel/log.h>
#include <kernel/string.h>
#include <loader/loader_priv.h>

/* ---- steps ------------------------------------------------------------------- */

static struct loader *of_store(struct store *s)
{
    return CONTAINER_OF(s, struct loader, store);
}

void loader_later(struct loader *l)
{
    l->is_due = true;
    deferred_call(&l->work);
}

static void loader_done(struct loader *l, err_t e)
{
    struct loader_client *client = l->client;
    l->result.op = (enum loader_op)l->op;
    l->result.e = e;
    l->client = NULL;
    l->op = LOADER_IDLE;
    if (client != NULL)
        client->done(client, &l->result);
}

/* See to it that what has to come next does. */
static void steps_follow(struct loader *l, uint32_t r)
{
    l->is_storing = r == OK;
    if (r >= STEP_LATER) {
        if (r == STEP_AGAIN)
            l->script--;
        loader_later(l);
    } else if (r != OK && r != STEP_WAIT) {
        loader_done(l, r == STEP_DONE ? OK : (err_t)r);
    }
}

void loader_go_on(struct loader *l)
{
    uint32_t r;
    l->is_due = false;
    do
        r = (*l->script++)(l);
    while (r == STEP_NEXT);
    steps_follow(l, r);
}

static void work_run(struct deferred *work)
{
    struct loader *l = CONTAINER_OF(work, struct loader, work);
    if (l->is_mending || !l->is_due)
        return; /* comes after that, or has been */
    flash_open();
    loader_go_on(l);
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
    if (!l->is_storing)
        return; /* what had failed was a driver's */
    bool goes_on =
        l->store_e == OK || l->op == LOADER_BOOT || l->op == LOADER_COMPACT;
    /* not on top of what the store was at */
    steps_follow(l, goes_on ? (uint32_t)STEP_LATER : l->store_e);
}

/* Nothing will mend it now. What lies where flash is not what it is to be does
 * not run on. */
static void flash_lost(struct loader *l)
{
    const struct store *s = &l->store;
    hold(l, false);
    l->is_mounted = false;
    klog(LOG_ERROR,
         "app flash failed (error %u): no app is started, installed or "
         "removed until the next boot",
         (unsigned)l->store_e);
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
static NOINLINE void mend(struct loader *l)
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
    if (l->is_due)
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
    l->script = boot_script;
    l->store_e = store_mount(s);
    l->is_storing = l->store_e == OK;
    if (l->store_e != OK) {
        klog(LOG_ERROR, "no apps: store_layout does not suit the flash");
        loader_later(l);
    }
}

/* ---- what there is -------------------------------------------------------------------- */

bool loader_walk(struct loader *l, uint32_t *at, struct loader_object *object)
{
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

uint32_t loader_space(const struct loader *l, uint32_t *largest)
{
    flash_open();
    return store_space(&l->store, largest);
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

NOINLINE const struct store_transfer *loader_transfer(const struct loader *l)
{
    const struct store *s = &l->store;
    bool is_there = s->hole.kind == HOLE_INSTALL && s->hole.is_ready;
    return is_there ? &s->transfer : NULL;
}

/* l->candidate is the new one. Of none that is replaced only the floor speaks
 * against it. */
static enum update_verdict judge(struct loader *l)
{
    const struct candidate *c = &l->candidate;
    struct store_object old;
    struct candidate replaced;
    struct update u = { .new_identity = &c->identity,
                        .old_identity = &replaced.identity,
                        .new_version = c->version,
                        .floor = l->floor,
                        .new_key = l->key,
                        .is_forced = l->is_on };
    accept_update(l, &u);
    if (l->replaces.at == STORE_NONE)
        return c->version < u.floor ? UPDATE_BELOW_FLOOR : UPDATE_OK;
    if (store_find(&l->store, l->replaces, &old) != OK)
        return UPDATE_OTHER_IDENTITY;
    candidate_make(l, &replaced, &old);
    u.old_version = replaced.version;
    u.old_key = accept_key(l, &old);
    return update_check(&u);
}

static uint32_t seal(struct loader *l)
{
    err_t e = OK;
    if (l->handle.at != STORE_NONE)
        e = store_find(&l->store, l->handle, &l->object.store);
    if (e == OK)
        e = store_seal(&l->store, l->client->owner);
    if (e == OK) {
        l->is_judged = false;
        l->replaces = l->handle;
    }
    return e;
}

/* l->object is what the transfer will be. Nobody has accepted it yet. */
static uint32_t sealed(struct loader *l)
{
    const struct store *s = &l->store;
    struct store_object *o = &l->object.store;
    o->at = s->transfer.at;
    o->size = s->transfer.size;
    o->is_free = false;
    o->trial_of = o->replaced_by = STORE_NONE;
    o->error = tbf_parse(store_bytes(s, o->at), o->size, &o->tbf);
    l->at = STORE_NONE;
    if (o->error == TBF_OK)
        return STEP_NEXT;
    report(l, LOADER_BAD_OBJECT, o->error, 0);
    return ERR_INVAL;
}

static uint32_t seal_check(struct loader *l)
{
    accept_forget(l, l->object.store.at);
    return accept_check(l, &l->object.store);
}

static uint32_t seal_checked(struct loader *l)
{
    if (!accept_may_run(l)) {
        report_check(l);
        report_log(l);
        return ERR_FAIL;
    }
    l->key = l->check.key;
    candidate_with(l, &l->candidate, &l->object.store, l->key);
    l->floor = 0;
    l->at = STORE_NONE;
    return STEP_NEXT;
}

static uint32_t seal_floor(struct loader *l)
{
    struct store_object o;
    struct candidate c;
    if (!store_walk(&l->store, &l->at, &o))
        return STEP_LATER;
    if (is_app(&o) && !accept_outranks(l, l->key, accept_key(l, &o))) {
        candidate_make(l, &c, &o);
        l->floor = version_floor(l->floor, &l->candidate.identity, &c);
    }
    return STEP_AGAIN;
}

static uint32_t seal_judge(struct loader *l)
{
    enum update_verdict verdict = judge(l);
    if (verdict == UPDATE_OK) {
        l->is_judged = true;
        return STEP_DONE;
    }
    report(l, LOADER_NO_UPDATE, verdict, l->replaces.at);
    report_log(l);
    return ERR_FAIL;
}

/* Take in the object that begins at l->at now, for the result and for what
 * follows. One did, or the journal says so: there is no need to look for it. */
static bool object_take(struct loader *l)
{
    struct store_object *o = &l->object.store;
    uint32_t at = l->at;
    if (!store_walk(&l->store, &at, o) || !is_app(o))
        return false;
    l->result.handle = o->handle;
    return true;
}

static uint32_t commit(struct loader *l)
{
    l->at = l->store.transfer.at;
    if (!l->is_judged)
        return ERR_RESERVE;
    return store_commit(&l->store, l->client->owner,
                        l->replaces.at != STORE_NONE ? &l->replaces : NULL);
}

static uint32_t committed(struct loader *l)
{
    l->is_judged = false;
    l->other = l->replaces.at; /* is stopped */
    if (!object_take(l))
        return ERR_FAIL;
    /* without room it is refused at its start */
    (void)!accept_add(l, &l->object.store, l->key);
    return l->other != STORE_NONE || l->is_on ? STEP_NEXT : STEP_DONE;
}

static uint32_t load(struct loader *l)
{
    l->script = load_script;
    return STEP_NEXT;
}

static uint32_t start_new(struct loader *l)
{
    if (l->replaces.at != STORE_NONE)
        trial_watch(l);
    return load(l);
}

static uint32_t start_old(struct loader *l)
{
    return object_take(l) ? load(l) : (uint32_t)STEP_DONE;
}

static uint32_t abort_step(struct loader *l)
{
    err_t e = store_abort(&l->store, l->client->owner);
    if (e == OK)
        l->is_judged = false;
    return e;
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

/* Which object is it about, and can that be asked of it? l->other is the one
 * whose process ends. */
static uint32_t about(struct loader *l)
{
    struct store_object *o = &l->object.store;
    bool is_of_trial = l->op == LOADER_CONFIRM || l->op == LOADER_ROLL_BACK;
    if (is_transferring(l) &&
        (l->op == LOADER_REMOVE || l->op == LOADER_CONFIRM))
        return ERR_BUSY; /* before anything is stopped */
    err_t e = store_find(&l->store, l->handle, o);
    if (e != OK)
        return e;
    if (is_of_trial && o->trial_of == STORE_NONE)
        return ERR_INVAL;
    if (l->op == LOADER_START && load_is_live(l, o->at))
        return ERR_ALREADY;
    l->other = l->op == LOADER_CONFIRM ? o->trial_of : o->at;
    if (l->op == LOADER_ENABLE && l->is_on)
        l->other = STORE_NONE;
    return STEP_LATER;
}

static uint32_t change(struct loader *l)
{
    struct store *s = &l->store;
    if (l->op == LOADER_ENABLE)
        return store_enable(s, l->handle, l->is_on);
    accept_forget(l, l->other);
    l->at = l->object.store.trial_of; /* ROLL_BACK: what starts then */
    if (l->op == LOADER_REMOVE)
        return store_remove(s, l->handle);
    return l->op == LOADER_CONFIRM ? store_confirm(s, l->handle)
                                   : store_roll_back(s, l->handle);
}

static uint32_t opened(struct loader *l)
{
    tick_arm(l); /* silence is timed, too */
    return STEP_DONE;
}

static uint32_t end(struct loader *l)
{
    (void)l;
    return STEP_DONE;
}

/* ---- requests -------------------------------------------------------------------------------- */

/* Where the scripts begin in the row of steps. */
enum {
    SCRIPT_CHANGE = 0,
    SCRIPT_ROLL_BACK = 4,
    SCRIPT_START = 8,
    SCRIPT_STOP = 11,
    SCRIPT_OPENED = 14,
    SCRIPT_SEAL,
    SCRIPT_COMMIT = 25,
    SCRIPT_ABORT = 29,
    SCRIPT_WRITTEN,
    SCRIPT_COMPACT,
};

static loader_step *const steps[] = {
    [SCRIPT_CHANGE] = about,
    stop,
    change,
    end,
    [SCRIPT_ROLL_BACK] = about,
    stop,
    change,
    start_old,
    [SCRIPT_START] = about,
    stop,
    load,
    [SCRIPT_STOP] = about,
    stop,
    end,
    [SCRIPT_OPENED] = opened,
    [SCRIPT_SEAL] = seal,
    sealed,
    kin_look,
    accept_go,
    kin_checked,
    seal_check,
    accept_go,
    seal_checked,
    seal_floor,
    seal_judge,
    [SCRIPT_COMMIT] = commit,
    committed,
    stop,
    start_new,
    [SCRIPT_ABORT] = abort_step,
    [SCRIPT_WRITTEN] = end,
    [SCRIPT_COMPACT] = compact_plan,
    compact_planned,
    compact_stop,
    compact_moved,
};

static const uint8_t script_of[] = {
    [LOADER_OPEN] = SCRIPT_OPENED,         [LOADER_WRITE] = SCRIPT_WRITTEN,
    [LOADER_SEAL] = SCRIPT_SEAL,           [LOADER_COMMIT] = SCRIPT_COMMIT,
    [LOADER_ABORT] = SCRIPT_ABORT,         [LOADER_REMOVE] = SCRIPT_CHANGE,
    [LOADER_ENABLE] = SCRIPT_CHANGE,       [LOADER_CONFIRM] = SCRIPT_CHANGE,
    [LOADER_ROLL_BACK] = SCRIPT_ROLL_BACK, [LOADER_COMPACT] = SCRIPT_COMPACT,
    [LOADER_START] = SCRIPT_START,         [LOADER_STOP] = SCRIPT_STOP,
};

static err_t begin(struct loader *l, struct loader_client *client,
                   enum loader_op op)
{
    if (l->op != LOADER_IDLE || l->is_mending)
        return ERR_BUSY;
    if (!l->is_mounted)
        return ERR_OFF;
    l->op = op;
    l->client = client;
    l->script = steps + script_of[op];
    l->trial_at = STORE_NONE; /* what there is may change */
    l->result = (struct loader_result){ 0 };
    flash_open();
    return OK;
}

/* What its first step, or the store, says to it: the store is at work, the next
 * step comes later, or it is refused. */
static err_t begun(struct loader *l, uint32_t r)
{
    l->is_storing = r == OK;
    if (r == STEP_LATER)
        loader_later(l);
    if (r == STEP_LATER || r == OK)
        return OK;
    l->op = LOADER_IDLE;
    l->client = NULL;
    return (err_t)r;
}

err_t loader_ask(struct loader *l, struct loader_client *client,
                 enum loader_op op, struct store_handle handle, uint32_t on)
{
    err_t e = begin(l, client, op);
    if (e != OK)
        return e;
    l->handle = handle;
    l->is_on = on;
    return begun(l, (*l->script++)(l));
}

err_t loader_open(struct loader *l, struct loader_client *client,
                  const struct store_request *request)
{
    err_t e = begin(l, client, LOADER_OPEN);
    if (e != OK)
        return e;
    e = store_open(&l->store, client->owner, request);
    if (e == OK)
        l->is_judged = false;
    return begun(l, e);
}

err_t loader_write(struct loader *l, struct loader_client *client,
                   uint32_t offset, const uint8_t *bytes, uint32_t len)
{
    err_t e = begin(l, client, LOADER_WRITE);
    if (e != OK)
        return e;
    return begun(l, store_write(&l->store, client->owner, offset, bytes, len));
}

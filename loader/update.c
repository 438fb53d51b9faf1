/* SPDX-License-Identifier: Apache-2.0 */
/* Trials watched to their end, silent transfers, and compaction. */
#include <kernel/log.h>
#include <loader/loader_priv.h>

/* ---- the end of a trial --------------------------------------------------------- */

static loader_step end_confirm, end_roll_back;

static void ended(struct loader *l)
{
    loader_done(l, OK);
}

/* l->object is the one on trial, l->handle its handle. */
static void confirm_stopped(struct loader *l)
{
    accept_forget(l, l->object.store.trial_of);
    loader_store_step(l, store_confirm(&l->store, l->handle), ended);
}

static void end_confirm(struct loader *l)
{
    load_stop(l, l->object.store.trial_of, confirm_stopped);
}

/* The old one may run again. */
static void rolled_back(struct loader *l)
{
    uint32_t at = STORE_NONE;
    while (store_walk(&l->store, &at, &l->object.store)) {
        if (l->object.store.at != l->at || l->object.store.is_free)
            continue;
        load_begin(l, ended);
        return;
    }
    ended(l);
}

static void roll_back_stopped(struct loader *l)
{
    accept_forget(l, l->object.store.at);
    l->at = l->object.store.trial_of;
    loader_store_step(l, store_roll_back(&l->store, l->handle), rolled_back);
}

static void end_roll_back(struct loader *l)
{
    load_stop(l, l->object.store.at, roll_back_stopped);
}

static err_t trial_end(struct loader *l, struct loader_client *client,
                       enum loader_op op, struct store_handle handle)
{
    err_t e = loader_begin(l, client, op);
    if (e != OK)
        return e;
    l->handle = handle;
    e = store_find(&l->store, handle, &l->object.store);
    if (e == OK && l->object.store.trial_of == STORE_NONE)
        e = ERR_INVAL;
    e = loader_store(l, e, NULL);
    if (e == OK)
        loader_later(l, op == LOADER_CONFIRM ? end_confirm : end_roll_back);
    return e;
}

err_t loader_confirm(struct loader *l, struct loader_client *client,
                     struct store_handle handle)
{
    struct loader_progress progress;
    if (loader_progress(l, &progress) && progress.is_open)
        return ERR_BUSY;
    return trial_end(l, client, LOADER_CONFIRM, handle);
}

err_t loader_roll_back(struct loader *l, struct loader_client *client,
                       struct store_handle handle)
{
    return trial_end(l, client, LOADER_ROLL_BACK, handle);
}

/* ---- watching ---------------------------------------------------------------------- */

static bool has_failed(const struct loader *l, uint32_t at)
{
    pid_handle_t pid = load_process(l, at);
    struct process_info info;
    if (process_is_starting(pid))
        return false;
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if (pid.handle != 0 && pid_equal(process_in_slot(slot), pid) &&
            process_inspect(slot, &info))
            return info.state == PROCESS_FAULTED || info.restarts != 0 ||
                   (info.state == PROCESS_TERMINATED && !info.has_completion);
    return true;
}

static bool trial_find(struct loader *l, struct store_object *o)
{
    uint32_t at = STORE_NONE;
    while (store_walk(&l->store, &at, o))
        if (o->error == TBF_OK && !o->is_free && o->trial_of != STORE_NONE)
            return true;
    return false;
}

/* Confirm or roll back, once its time has come. False: there is no trial. */
static bool trial_look(struct loader *l)
{
    struct store_object o;
    if (!trial_find(l, &o))
        return false;
    err_t e = OK;
    if (has_failed(l, o.at)) {
        if (!l->is_failure_told)
            klog(LOG_WARN, "the update at 0x%x failed its trial: rolled back",
                 (unsigned)flash_address(l, o.at));
        l->is_failure_told = true; /* this may be tried again and again */
        e = loader_roll_back(l, NULL, o.handle);
    } else if (ktime_now() >= l->trial_end) {
        e = loader_confirm(l, NULL, o.handle);
    }
    (void)e; /* BUSY: at the next look */
    return true;
}

static void arm(struct loader *l)
{
    if (!l->timer.armed)
        ktimer_arm(&l->timer, ktime_now() + ktime_of_ms(LOADER_TICK_MS));
}

static void tick_run(struct deferred *tick)
{
    struct loader *l = CONTAINER_OF(tick, struct loader, tick);
    struct loader_progress progress;
    bool goes_on = false;
    if (!l->is_mounted)
        return;
    (void)loader_bytes(l, 0);
    store_tick(&l->store, LOADER_TICK_MS);
    if (loader_progress(l, &progress))
        goes_on = progress.is_open;
    if (l->trial_end != 0) {
        bool is_on = l->op != LOADER_IDLE || trial_look(l);
        if (!is_on)
            l->trial_end = 0;
        goes_on |= is_on;
    }
    if (goes_on)
        arm(l);
}

static void on_timer(struct ktimer *timer)
{
    deferred_call(&CONTAINER_OF(timer, struct loader, timer)->tick);
}

void trial_watch(struct loader *l)
{
    struct store_object o;
    struct loader_progress progress;
    bool is_on = trial_find(l, &o);
    l->is_failure_told = false;
    if (is_on)
        l->trial_end =
            ktime_now() + ktime_of_ms(loader_config(l)->policy->trial_ms);
    if (is_on || loader_progress(l, &progress))
        arm(l);
}

/* ---- compaction ------------------------------------------------------------------------ */

static loader_step compact_planned, compact_stop, compact_moved, compact_failed;

err_t loader_compact(struct loader *l, struct loader_client *client)
{
    err_t e = loader_begin(l, client, LOADER_COMPACT);
    if (e != OK)
        return e;
    return loader_store(l, store_compact_plan(&l->store), compact_planned);
}

static void compact_planned(struct loader *l)
{
    l->restarts = l->moved = 0;
    l->at = l->store.plan.from;
    l->other = l->store.plan.shift;
    if (l->store_e == OK)
        compact_stop(l);
    else
        loader_done(l, l->store_e);
}

static bool is_in_plan(const struct loader *l, pid_handle_t pid)
{
    uint32_t at = process_flash(pid) - flash_address(l, 0);
    return process_flash(pid) != 0 && at >= l->store.plan.from &&
           at < l->store.plan.to;
}

/* What was parked goes on `shift` bytes further down. */
static void compact_end(struct loader *l, uint32_t shift)
{
    accept_move(l, l->store.plan.from, l->store.plan.to, shift);
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        if ((l->moved >> slot & 1u) == 0)
            continue;
        process_unpark(pid, process_flash(pid) - shift);
        if ((l->restarts >> slot & 1u) != 0)
            (void)process_boot(pid);
    }
    loader_done(l, l->store_e);
}

/* Everything that moves is parked; what lived will be started again. */
static void compact_stop(struct loader *l)
{
    bool is_waiting = false;
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        if (pid.handle == 0 || !is_in_plan(l, pid) ||
            (l->moved >> slot & 1u) != 0)
            continue;
        if (process_park(pid) == OK) {
            l->moved |= 1u << slot;
            continue;
        }
        is_waiting = true;
        if (process_find(pid) != NULL && process_terminate(pid) == OK)
            l->restarts |= 1u << slot;
    }
    if (!is_waiting) {
        l->store_e = store_compact(&l->store);
        l->then = l->store_e == OK ? compact_moved : NULL;
        if (l->store_e != OK)
            compact_end(l, 0);
        return;
    }
    l->next = compact_stop;
    ktimer_arm(&l->retry, ktime_now() + ktime_of_ms(1));
}

static void compact_moved(struct loader *l)
{
    if (l->store_e == OK)
        compact_end(l, l->other);
    else
        compact_failed(l);
}

/* Does an app begin where the gap was? */
static bool has_moved(struct loader *l)
{
    struct store_object o;
    uint32_t at = STORE_NONE;
    while (store_walk(&l->store, &at, &o) && o.at < l->at + l->other)
        if (o.at >= l->at && !o.is_free)
            return true;
    return false;
}

/* The flash has failed. If it works again the move was never begun, or mounting
 * has finished it; else nobody knows what lies there, and the processes made of
 * it are no more. */
static void compact_failed(struct loader *l)
{
    if (l->is_mounted) {
        compact_end(l, has_moved(l) ? l->other : 0);
        return;
    }
    accept_forget(l, STORE_NONE);
    for (uint32_t slot = 0; slot < process_slots(); slot++)
        if ((l->moved >> slot & 1u) != 0)
            (void)process_forget(process_in_slot(slot));
    loader_done(l, l->store_e);
}

void update_init(struct loader *l)
{
    l->timer.fire = on_timer;
    l->tick.run = tick_run;
}

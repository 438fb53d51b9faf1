/* SPDX-License-Identifier: Apache-2.0 */
/* Trials watched to their end, silent transfers, and compaction. */
#include <kernel/flash_hold.h>
#include <kernel/log.h>
#include <loader/loader_priv.h>

/* ---- watching ---------------------------------------------------------------------- */

/* Not inlined, as what comes next: else its stack lies under what is begun. */
static NOINLINE bool has_failed(const struct loader *l, uint32_t at)
{
    pid_handle_t pid = load_process(l, at);
    struct process_info info;
    if (process_is_starting(pid))
        return false;
    if (!process_inspect_pid(pid, &info))
        return true;
    return info.state == PROCESS_FAULTED || info.restarts != 0 ||
           (info.state == PROCESS_TERMINATED && !info.has_completion);
}

/* Confirm it or roll it back, once its time has come. */
static void trial_look(struct loader *l, struct store_handle handle)
{
    err_t e = OK;
    if (has_failed(l, handle.at)) {
        if (!l->is_failure_told)
            klog(LOG_WARN, "the update at 0x%x failed its trial: rolled back",
                 (unsigned)flash_address(l, handle.at));
        l->is_failure_told = true; /* this may be tried again and again */
        e = loader_roll_back(l, NULL, handle);
    } else if (l->trial_ticks == 1) {
        e = loader_confirm(l, NULL, handle);
    }
    (void)e; /* BUSY: at the next look */
}

/* Is the next object the one on trial, whose handle is wanted? False: look on.
 * Not inlined, as what is next above. */
static NOINLINE bool trial_find(struct loader *l, struct store_handle *handle)
{
    struct store_object o;
    bool is_there = store_walk(&l->store, &l->trial_at, &o);
    *handle = o.handle;
    if (!is_there)
        l->trial_ticks = 0; /* it is no more */
    else if (!is_app(&o) || o.trial_of == STORE_NONE)
        return false;
    l->trial_at = STORE_NONE;
    return true;
}

void tick_arm(struct loader *l)
{
    if (!l->timer.armed)
        ktimer_arm_ms(&l->timer, LOADER_TICK_MS);
}

/* A tick, or one object more is looked at for it. */
static void tick_run(struct deferred *tick)
{
    struct loader *l = CONTAINER_OF(tick, struct loader, tick);
    struct store_handle handle;
    if (!l->is_mounted)
        return;
    flash_open();
    if (l->trial_at == STORE_NONE)
        store_tick(&l->store, LOADER_TICK_MS);
    if (l->trial_ticks != 0 && l->op == LOADER_IDLE) {
        if (!trial_find(l, &handle)) {
            deferred_call(tick);
            return;
        }
        if (l->trial_ticks != 0)
            trial_look(l, handle);
    }
    if (l->trial_ticks != 0 || is_transferring(l))
        tick_arm(l);
}

static void on_timer(struct ktimer *timer)
{
    struct loader *l = CONTAINER_OF(timer, struct loader, timer);
    if (l->trial_ticks > 1)
        l->trial_ticks--;
    deferred_call(&l->tick);
}

void trial_watch(struct loader *l)
{
    l->is_failure_told = false;
    /* The first tick may be near, the last one ends it. */
    l->trial_ticks = loader_config(l)->policy->trial_ms / LOADER_TICK_MS + 2;
    tick_arm(l);
}

/* ---- compaction ------------------------------------------------------------------------ */

uint32_t compact_plan(struct loader *l)
{
    return store_compact_plan(&l->store);
}

uint32_t compact_planned(struct loader *l)
{
    l->restarts = l->moved = 0;
    l->at = l->store.plan.from;
    l->other = l->store.plan.shift;
    return l->store_e == OK ? (uint32_t)STEP_NEXT : l->store_e;
}

static bool is_in_plan(const struct loader *l, pid_handle_t pid)
{
    uint32_t at = process_flash(pid) - flash_address(l, 0);
    return process_flash(pid) != 0 && at >= l->store.plan.from &&
           at < l->store.plan.to;
}

/* Everything that moves is parked; what lived will be started again. */
uint32_t compact_stop(struct loader *l)
{
    bool is_waiting = false;
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        if (!is_in_plan(l, pid) || (l->moved >> slot & 1u) != 0)
            continue;
        if (process_park(pid) == OK) {
            l->moved |= 1u << slot;
            continue;
        }
        is_waiting = true;
        if (process_find(pid) != NULL && process_terminate(pid) == OK)
            l->restarts |= 1u << slot;
    }
    if (is_waiting)
        return loader_retry(l);
    l->store_e = store_compact(&l->store);
    return l->store_e == OK ? (uint32_t)OK : (uint32_t)STEP_NEXT;
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

/* What was parked goes on where it lies now. When the flash has failed and works
 * again the move was never begun, or mounting has finished it; else nobody knows
 * what lies there, and the processes made of it are no more. */
uint32_t compact_moved(struct loader *l)
{
    uint32_t shift =
        l->store_e == OK || (l->is_mounted && has_moved(l)) ? l->other : 0;
    if (l->is_mounted)
        accept_move(l, l->store.plan.from, l->store.plan.to, shift);
    else
        accept_forget(l, STORE_NONE);
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        if ((l->moved >> slot & 1u) == 0)
            continue;
        if (!l->is_mounted) {
            (void)process_forget(pid);
            continue;
        }
        process_unpark(pid, process_flash(pid) - shift);
        if ((l->restarts >> slot & 1u) != 0)
            (void)process_boot(pid);
    }
    return l->store_e == OK ? (uint32_t)STEP_DONE : l->store_e;
}

void update_init(struct loader *l)
{
    l->trial_at = STORE_NONE;
    l->timer.fire = on_timer;
    l->tick.run = tick_run;
}

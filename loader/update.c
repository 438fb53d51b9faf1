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

/* The one on trial; false: there is none. */
static NOINLINE bool trial_find(struct loader *l, struct store_handle *handle)
{
    struct store_object o;
    uint32_t at = STORE_NONE;
    while (store_walk(&l->store, &at, &o)) {
        *handle = o.handle;
        if (is_app(&o) && o.trial_of != STORE_NONE)
            return true;
    }
    return false;
}

/* Confirm or roll back, once its time has come. False: there is no trial. */
static bool trial_look(struct loader *l)
{
    struct store_handle handle;
    if (!trial_find(l, &handle))
        return false;
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
    return true;
}

static void arm(struct loader *l)
{
    if (!l->timer.armed)
        ktimer_arm_ms(&l->timer, LOADER_TICK_MS);
}

static void tick_run(struct deferred *tick)
{
    struct loader *l = CONTAINER_OF(tick, struct loader, tick);
    if (!l->is_mounted)
        return;
    flash_open();
    store_tick(&l->store, LOADER_TICK_MS);
    if (l->trial_ticks > 1)
        l->trial_ticks--;
    if (l->trial_ticks != 0 && l->op == LOADER_IDLE && !trial_look(l))
        l->trial_ticks = 0;
    if (l->trial_ticks != 0 || is_transferring(l))
        arm(l);
}

static void on_timer(struct ktimer *timer)
{
    deferred_call(&CONTAINER_OF(timer, struct loader, timer)->tick);
}

void trial_watch(struct loader *l)
{
    struct store_handle handle;
    bool is_on = trial_find(l, &handle);
    l->is_failure_told = false;
    if (is_on) /* the first tick may be near, the last one ends it */
        l->trial_ticks =
            loader_config(l)->policy->trial_ms / LOADER_TICK_MS + 2;
    if (is_on || is_transferring(l))
        arm(l);
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
    l->timer.fire = on_timer;
    l->tick.run = tick_run;
}

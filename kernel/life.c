/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a process' life, its restart, and what others may order. Nothing
 * here is on the way of a system call or an event. */
#include <kernel/process.h>
#include <kernel/report.h>
#include <kernel/string.h>
#include <kernel/trace.h>

#define BACKOFF_DOUBLINGS 6

static void (*end_notify)(void);

void process_on_end(void (*notify)(void))
{
    end_notify = notify;
}

/* ---- the end of a life -------------------------------------------------------- */

/* Drivers forget it, its grants and its RAM go, its queue empties. The record
 * stays. */
static void process_end(struct process *p, enum process_state state)
{
    for (uint32_t i = 0; i < kernel_config.driver_count; i++) {
        const struct driver *d = &kernel_config.drivers[i];
        if (d->grant != NULL && d->ops->gone != NULL &&
            *grant_pointer(d->grant, p) != NULL)
            d->ops->gone(d->self, p);
    }
    if (kernel_config.ipc != NULL)
        ipc_ended(p);
    for (uint32_t i = 0; i < grant_kinds; i++)
        GRANT_OF(p, i) = NULL;
    if (state == PROCESS_TERMINATED)
        trace(TRACE_EXIT, p->pid, p->completion);
    p->state = (uint8_t)state;
    p->stopped = false;
    p->request = REQUEST_NONE;
    p->queue_count = 0;
    memset(&p->restart_timer, 0, sizeof p->restart_timer);
    sched_block(kernel_config.sched, process_slot(p));
    kernel_reschedule();
    process_release(p);
    if (end_notify != NULL)
        end_notify();
}

static void process_restart(struct process *p)
{
    bool has_run = p->has_run;
    if (process_is_live(p))
        process_end(p, PROCESS_TERMINATED);
    else if (p->state == PROCESS_FAULTED)
        ktimer_disarm(&p->restart_timer);
    p->request = REQUEST_NONE;
    if (process_start(p) && has_run && p->restarts < UINT16_MAX)
        p->restarts++;
}

/* ---- faults ------------------------------------------------------------------ */

static void restart_due(struct ktimer *timer)
{
    struct process *p = CONTAINER_OF(timer, struct process, restart_timer);
    process_ask(p, REQUEST_RESTART);
}

/* What the board's policy wants once the fault has been reported. */
static void fault_follow_up(struct process *p)
{
    const struct fault_policy *policy = &kernel_config.fault;
    if (policy->action != FAULT_RESTART ||
        (policy->limit != 0 && p->restarts >= policy->limit))
        return;
    uint32_t doublings =
        p->restarts < BACKOFF_DOUBLINGS ? p->restarts : BACKOFF_DOUBLINGS;
    uint32_t ms = (uint32_t)policy->backoff_ms << doublings;
    p->restart_timer.fire = restart_due;
    ktimer_arm(&p->restart_timer, ktime_now() + ktime_of_ms(ms));
}

void process_break(struct process *p, struct trap why)
{
    p->report_pending = end_notify != NULL;
    process_end(p, PROCESS_FAULTED);
    p->fault = why;
    trace(TRACE_FAULT, p->pid, why.cause);
    if (kernel_config.fault.action == FAULT_PANIC)
        panic("an app faulted and the board's policy is to panic");
    if (end_notify == NULL)
        fault_follow_up(p);
}

uint32_t process_report_due(void)
{
    uint32_t slot = 0;
    while (slot < kernel_config.slot_count &&
           (kernel_config.slots[slot].process == NULL ||
            !kernel_config.slots[slot].process->report_pending))
        slot++;
    return slot;
}

void process_report_done(uint32_t slot)
{
    struct process *p = kernel_config.slots[slot].process;
    if (p == NULL || !p->report_pending)
        return;
    p->report_pending = false;
    fault_follow_up(p);
}

/* ---- requests ------------------------------------------------------------------ */

static void request_carry_out(struct process *p)
{
    switch ((enum process_request)p->request) {
    case REQUEST_FAULT:
        process_break(p, p->fault);
        break;
    case REQUEST_TERMINATE:
        process_end(p, PROCESS_TERMINATED);
        break;
    case REQUEST_RESTART:
        process_restart(p);
        break;
    case REQUEST_NONE:
        break;
    }
}

void process_carry_out(void)
{
    process_requests = false;
    for (uint32_t i = 0; i < kernel_config.slot_count; i++) {
        struct process *p = kernel_config.slots[i].process;
        if (p != NULL && p->request != REQUEST_NONE)
            request_carry_out(p);
    }
}

/* ---- power over processes -------------------------------------------------------- */

static err_t stopped_set(struct process *p, bool on)
{
    if (p->stopped == on)
        return ERR_INVAL;
    p->stopped = on;
    trace(on ? TRACE_STOP : TRACE_RESUME, p->pid, 0);
    if (on)
        sched_block(kernel_config.sched, process_slot(p));
    else if (p->state == PROCESS_RUNNING)
        sched_ready(kernel_config.sched, process_slot(p));
    kernel_reschedule();
    return OK;
}

err_t process_order(pid_handle_t pid, enum process_order what)
{
    struct process *p = process_known(pid);
    if (p == NULL)
        return ERR_NODEVICE;
    if (process_is_live(p) == (what == PROCESS_BOOT))
        return ERR_INVAL;
    switch (what) {
    case PROCESS_STOP:
    case PROCESS_RESUME:
        return stopped_set(p, what == PROCESS_STOP);
    case PROCESS_FAULT:
        p->fault = (struct trap){ FAULT_ORDERED, 0 };
        process_ask(p, REQUEST_FAULT);
        break;
    case PROCESS_TERMINATE:
        p->completion = 0;
        process_ask(p, REQUEST_TERMINATE);
        break;
    case PROCESS_BOOT:
        if (p->report_pending || p->preparing || p->stopped)
            return ERR_BUSY;
        process_ask(p, REQUEST_RESTART);
        break;
    }
    return OK;
}

/* ---- processes whose flash goes or moves ------------------------------------------ */

/* Why a process cannot be left alone for good yet. */
static err_t quiet_check(const struct process *p)
{
    if (p == NULL)
        return ERR_NODEVICE;
    bool is_quiet = !process_is_live(p) && !p->report_pending &&
                    !p->preparing && p->request == REQUEST_NONE;
    return is_quiet ? OK : ERR_BUSY;
}

err_t process_park(pid_handle_t pid)
{
    struct process *p = process_known(pid);
    err_t e = quiet_check(p);
    if (e != OK)
        return e;
    if (p->state == PROCESS_FAULTED)
        ktimer_disarm(&p->restart_timer);
    p->stopped = true;
    return OK;
}

void process_unpark(pid_handle_t pid, uint32_t flash)
{
    struct process *p = process_known(pid);
    if (p == NULL)
        return;
    process_move(p, flash);
    p->stopped = false;
    if (p->state == PROCESS_FAULTED)
        fault_follow_up(p);
}

err_t process_forget(pid_handle_t pid)
{
    err_t e = process_park(pid);
    if (e != OK)
        return e;
    struct process *p = process_known(pid);
    kernel_config.slots[process_slot(p)].process = NULL;
    process_record_free(p);
    return OK;
}

bool process_is_starting(pid_handle_t pid)
{
    const struct process *p = process_known(pid);
    return p != NULL && p->preparing;
}

uint32_t process_flash(pid_handle_t pid)
{
    const struct process *p = process_known(pid);
    return p == NULL ? 0 : p->object;
}

uint32_t process_lies(pid_handle_t pid, uint32_t address)
{
    const struct process *p = process_known(pid);
    return p == NULL ? 0 : address - process_flash_start(p) + p->object;
}

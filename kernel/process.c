/* SPDX-License-Identifier: Apache-2.0 */
/* Processes by handle, blocked and woken. How a life begins is in start.c, how
 * it ends in life.c.
 *
 * Requests to end or restart a process are only noted by whoever makes them
 * (an exit call, the operator, a driver with that authority) and carried out
 * by the kernel's loop, so no call ever returns into a process that has become
 * another one meanwhile. */
#include <kernel/process.h>

bool process_requests;

void process_ask(struct process *p, enum process_request request)
{
    p->request = (uint8_t)request;
    process_requests = true;
    kernel_work();
}

/* ---- handles --------------------------------------------------------------- */

pid_handle_t process_pid(const struct process *p)
{
    return p->pid;
}

struct process *process_known(pid_handle_t pid)
{
    uint32_t slot = pid.handle & 0xFF;
    struct process *p = NULL;
    if (pid.handle != 0 && slot < kernel_config.slot_count)
        p = kernel_config.slots[slot].process;
    return p != NULL && pid_equal(p->pid, pid) ? p : NULL;
}

struct process *process_find(pid_handle_t pid)
{
    struct process *p = process_known(pid);
    return p != NULL && process_is_live(p) ? p : NULL;
}

/* ---- running and blocked --------------------------------------------------- */

err_t process_wake(struct process *p)
{
    p->state = PROCESS_RUNNING;
    if (!p->stopped)
        sched_wake(kernel_config.sched, process_slot(p));
    kernel_reschedule();
    return OK;
}

void process_block(struct process *p, enum process_state state)
{
    p->state = (uint8_t)state;
    sched_block(kernel_config.sched, process_slot(p));
    kernel_reschedule();
}

void process_tell_resumed(struct process *p, bool tell)
{
    p->tell_resumed = tell;
}

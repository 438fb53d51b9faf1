/* SPDX-License-Identifier: Apache-2.0 */
/* Events on their way to a process, and the system call that takes them.
 *
 * A process that is blocked takes the event it waits for at once: the kernel
 * writes it into the saved registers, so it can not be dropped and no wake-up
 * can be lost, however full the queue is. All other events queue up. An event
 * without a function stays queued for a later wait-for, but makes room when
 * one with a function finds the queue full. */
#include <kernel/process.h>

static inline struct upcall_event *queue_at(struct process *p, uint32_t n)
{
    return &p->queue[(p->queue_first + n) % UPCALL_QUEUE];
}

/* Close the gap that entry `n` leaves: the older ones move up. */
static NOINLINE COLD void queue_close_gap(struct process *p, uint32_t n)
{
    for (; n > 0; n--)
        *queue_at(p, n) = *queue_at(p, n - 1);
}

static inline void queue_remove(struct process *p, uint32_t n)
{
    if (UNLIKELY(n != 0))
        queue_close_gap(p, n);
    p->queue_first = (uint8_t)((p->queue_first + 1) % UPCALL_QUEUE);
    p->queue_count--;
}

static inline const struct upcall_slot *event_slot(struct process *p,
                                                   uint32_t what)
{
    int32_t offset = (int32_t)what >> 16;
    void *block = *(void **)(void *)((char *)p + offset);
    return grant_upcall(block, what & 0xFFFF);
}

/* The function is entered as if called from behind the ecall: it returns
 * there by itself and the kernel is not involved. */
static void context_call(struct context *c, const struct upcall_slot *slot,
                         uint32_t arg0, uint32_t arg1, uint32_t arg2)
{
    c->x[CONTEXT_RA] = c->x[CONTEXT_PC];
    c->x[CONTEXT_PC] = slot->function;
    c->x[CONTEXT_A0] = arg0;
    c->x[CONTEXT_A0 + 1] = arg1;
    c->x[CONTEXT_A0 + 2] = arg2;
    c->x[CONTEXT_A0 + 3] = slot->userdata;
}

static void context_answer(struct context *c, uint32_t arg0, uint32_t arg1,
                           uint32_t arg2)
{
    c->x[CONTEXT_A0] = arg0;
    c->x[CONTEXT_A0 + 1] = arg1;
    c->x[CONTEXT_A0 + 2] = arg2;
}

/* Make room by giving up the oldest event that has no function. */
static COLD bool queue_evict(struct process *p)
{
    for (uint32_t n = 0; n < p->queue_count; n++) {
        if (event_slot(p, queue_at(p, n)->what)->function == 0) {
            queue_remove(p, n);
            return true;
        }
    }
    return false;
}

/* Room in a full queue for one more event, if any is to be had. */
static NOINLINE COLD bool queue_room(struct process *p, uint32_t what)
{
    if (p->dropped < UINT16_MAX)
        p->dropped++;
    return event_slot(p, what)->function != 0 && queue_evict(p);
}

/* The process is busy with something else: keep the event for later. The
 * arguments are those of upcall_queue(), which ends with this call. */
static NOINLINE err_t queue_add(const struct grant *g, struct process *p,
                                uint32_t number, uint32_t arg0, uint32_t arg1,
                                uint32_t arg2)
{
    uint32_t what = EVENT_KEY(g, number);
    if (UNLIKELY(p->queue_count == UPCALL_QUEUE) && !queue_room(p, what))
        return ERR_NOMEM;
    struct upcall_event *e = queue_at(p, p->queue_count++);
    e->what = what;
    e->arg[0] = arg0;
    e->arg[1] = arg1;
    e->arg[2] = arg2;
    return OK;
}

err_t upcall_queue(const struct grant *g, struct process *p, uint32_t number,
                   uint32_t arg0, uint32_t arg1, uint32_t arg2)
{
    void *block = *grant_pointer(g, p);
    uint32_t state = p->state;
    if (UNLIKELY(block == NULL))
        return ERR_NODEVICE;
    if (state == PROCESS_RUNNING)
        return queue_add(g, p, number, arg0, arg1, arg2);
    if (UNLIKELY(state > PROCESS_YIELDED_FOR))
        return ERR_NODEVICE;
    const struct upcall_slot *slot = grant_upcall(block, number);
    if (state == PROCESS_YIELDED && slot->function != 0)
        context_call(&p->context, slot, arg0, arg1, arg2);
    else if (state == PROCESS_YIELDED_FOR &&
             p->wait.what == EVENT_KEY(g, number))
        context_answer(&p->context, arg0, arg1, arg2);
    else
        return queue_add(g, p, number, arg0, arg1, arg2);
    return process_wake(p);
}

bool upcall_take(const struct grant *g, struct process *p, uint32_t number,
                 uint32_t arg0)
{
    void *block = *grant_pointer(g, p);
    if (block == NULL)
        return false;
    const struct upcall_slot *slot = grant_upcall(block, number);
    if (p->state == PROCESS_YIELDED && slot->function != 0)
        context_call(&p->context, slot, arg0, 0, 0);
    else if (p->state == PROCESS_YIELDED_FOR &&
             p->wait.what == EVENT_KEY(g, number))
        context_answer(&p->context, arg0, 0, 0);
    else
        return false;
    p->state = PROCESS_RUNNING;
    return true;
}

static NOINLINE COLD void queue_drop(struct process *p, uint32_t what)
{
    uint32_t n = 0;
    while (n < p->queue_count) {
        if (queue_at(p, n)->what == what)
            queue_remove(p, n);
        else
            n++;
    }
}

void upcall_drop(const struct grant *g, struct process *p, uint32_t number)
{
    if (p->queue_count != 0)
        queue_drop(p, EVENT_KEY(g, number));
}

uint32_t upcall_pending(const struct process *p)
{
    return p->queue_count;
}

NOINLINE COLD bool upcall_is_queued(const struct grant *g, struct process *p,
                                    uint32_t number, uint32_t arg0)
{
    for (uint32_t n = 0; n < p->queue_count; n++) {
        const struct upcall_event *e = queue_at(p, n);
        if (e->what == EVENT_KEY(g, number) && e->arg[0] == arg0)
            return true;
    }
    return false;
}

/* An event of the IPC driver is delivered with what it shares. */
static inline void ipc_deliver(struct process *p, uint32_t what)
{
    if (kernel_config.ipc != NULL && p->hears &&
        what >> 16 == EVENT_KEY(&kernel_config.ipc->grant, 0) >> 16)
        ipc_open(p);
}

/* From entry `n` on, behind events that nobody has a function for. */
static NOINLINE bool deliver_later_one(struct process *p, uint32_t n)
{
    for (; n < p->queue_count; n++) {
        const struct upcall_event *e = queue_at(p, n);
        const struct upcall_slot *slot = event_slot(p, e->what);
        if (slot->function == 0)
            continue;
        context_call(&p->context, slot, e->arg[0], e->arg[1], e->arg[2]);
        ipc_deliver(p, e->what);
        queue_remove(p, n);
        return true;
    }
    return false;
}

/* The oldest event that has a function: the context enters it when the process
 * next runs. False if there is none. */
static inline bool upcall_deliver(struct process *p)
{
    if (kernel_config.lean)
        return deliver_later_one(p, 0);
    if (p->queue_count == 0)
        return false;
    if (kernel_config.ipc != NULL && UNLIKELY(p->hears))
        return deliver_later_one(p, 0);
    const struct upcall_event *e = queue_at(p, 0);
    const struct upcall_slot *slot = event_slot(p, e->what);
    if (UNLIKELY(slot->function == 0))
        return deliver_later_one(p, 1);
    context_call(&p->context, slot, e->arg[0], e->arg[1], e->arg[2]);
    queue_remove(p, 0);
    return true;
}

/* Answer a wait-for with the oldest such event. False if there is none. */
static bool upcall_answer(struct process *p, uint32_t what)
{
    for (uint32_t n = 0; n < p->queue_count; n++) {
        const struct upcall_event *e = queue_at(p, n);
        if (e->what == what) {
            context_answer(&p->context, e->arg[0], e->arg[1], e->arg[2]);
            ipc_deliver(p, e->what);
            queue_remove(p, n);
            return true;
        }
    }
    return false;
}

/* ---- yield ---------------------------------------------------------------- */

static NOINLINE void yield_wait_for(uint32_t number, uint32_t event,
                                    struct process *p)
{
    const struct grant *g = driver_find(number)->grant;
    uint32_t what = EVENT_NONE(event < UINT16_MAX ? event : UINT16_MAX);
    if (g != NULL && event < g->layout.upcalls)
        what = EVENT_KEY(g, event);
    if (p->queue_count != 0 && upcall_answer(p, what))
        return;
    p->wait.driver = number;
    p->wait.what = what;
    process_block(p, PROCESS_YIELDED_FOR);
}

static void yield_no_wait(uint32_t flag, bool delivered, struct process *p)
{
    if (user_is_writable(p, flag, 1))
        arch_put_flag(flag, delivered);
}

/* With events in the queue, or kinds that are asked for less. An unknown kind
 * returns at once, as the ABI's text wants. */
static NOINLINE void yield_long(uint32_t kind, uint32_t a1, uint32_t a2,
                                struct process *p)
{
    if (kind > YIELD_WAIT) {
        if (kind == YIELD_WAIT_FOR)
            yield_wait_for(a1, a2, p);
        return;
    }
    bool delivered = upcall_deliver(p);
    if (kind == YIELD_NO_WAIT)
        yield_no_wait(a1, delivered, p);
    else if (!delivered)
        process_block(p, PROCESS_YIELDED);
}

void syscall_yield(uint32_t kind, uint32_t a1, uint32_t a2, uint32_t a3,
                   struct process *p)
{
    (void)a3;
    if (kernel_config.watchdog_ms != 0)
        p->unyielded = 0;
    if (kernel_config.lean || p->queue_count != 0 || kind > YIELD_WAIT)
        yield_long(kind, a1, a2, p);
    else if (kind == YIELD_WAIT)
        process_block(p, PROCESS_YIELDED);
    else
        yield_no_wait(a1, false, p);
}

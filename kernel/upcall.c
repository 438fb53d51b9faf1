/* SPDX-License-Identifier: Apache-2.0 */
/* Events on their way to a process.
 *
 * A process that is blocked takes the event it waits for at once: the kernel
 * writes it into the saved registers, so it can not be dropped and no wake-up
 * can be lost, however full the queue is. All other events queue up. An event
 * without a function stays queued for a later wait-for, but makes room when
 * one with a function finds the queue full. */
#include <kernel/process.h>

static struct upcall_event *queue_at(struct process *p, uint32_t n)
{
    return &p->queue[(p->queue_first + n) % UPCALL_QUEUE];
}

/* Close the gap that entry `n` leaves. */
static void queue_remove(struct process *p, uint32_t n)
{
    for (; n > 0; n--)
        *queue_at(p, n) = *queue_at(p, n - 1);
    p->queue_first = (uint8_t)((p->queue_first + 1) % UPCALL_QUEUE);
    p->queue_count--;
}

static const struct upcall_slot *event_slot(struct process *p, uint32_t grant,
                                            uint32_t number)
{
    return (struct upcall_slot *)GRANT_OF(p, grant) + number;
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
static bool queue_evict(struct process *p)
{
    for (uint32_t n = 0; n < p->queue_count; n++) {
        const struct upcall_event *e = queue_at(p, n);
        if (event_slot(p, e->grant, e->number)->function == 0) {
            queue_remove(p, n);
            return true;
        }
    }
    return false;
}

static err_t queue_add(struct process *p, const struct upcall_event *event,
                       bool has_function)
{
    bool full = p->queue_count == UPCALL_QUEUE;
    if (full && p->dropped < UINT16_MAX)
        p->dropped++;
    if (full && !(has_function && queue_evict(p)))
        return ERR_NOMEM;
    *queue_at(p, p->queue_count) = *event;
    p->queue_count++;
    return OK;
}

err_t upcall_queue(const struct grant *g, struct process *p, uint32_t number,
                   uint32_t arg0, uint32_t arg1, uint32_t arg2)
{
    void *block = GRANT_OF(p, g->index);
    if (UNLIKELY(!process_is_live(p) || block == NULL))
        return ERR_NODEVICE;
    const struct upcall_slot *slot = grant_upcall(g, block, number);
    if (p->state == PROCESS_YIELDED && slot->function != 0) {
        context_call(&p->context, slot, arg0, arg1, arg2);
        process_wake(p);
        return OK;
    }
    if (p->state == PROCESS_YIELDED_FOR && p->wait.grant == g->index &&
        p->wait.number == number) {
        context_answer(&p->context, arg0, arg1, arg2);
        process_wake(p);
        return OK;
    }
    const struct upcall_event event = {
        g->index, (uint8_t)number, { arg0, arg1, arg2 }
    };
    return queue_add(p, &event, slot->function != 0);
}

void upcall_drop(const struct grant *g, struct process *p, uint32_t number)
{
    uint32_t n = 0;
    while (n < p->queue_count) {
        const struct upcall_event *e = queue_at(p, n);
        if (e->grant == g->index && e->number == number)
            queue_remove(p, n);
        else
            n++;
    }
}

uint32_t upcall_pending(const struct process *p)
{
    return p->queue_count;
}

bool upcall_deliver(struct process *p)
{
    for (uint32_t n = 0; n < p->queue_count; n++) {
        const struct upcall_event *e = queue_at(p, n);
        const struct upcall_slot *slot = event_slot(p, e->grant, e->number);
        if (slot->function != 0) {
            context_call(&p->context, slot, e->arg[0], e->arg[1], e->arg[2]);
            queue_remove(p, n);
            return true;
        }
    }
    return false;
}

bool upcall_answer(struct process *p, uint32_t grant, uint32_t number)
{
    for (uint32_t n = 0; n < p->queue_count; n++) {
        const struct upcall_event *e = queue_at(p, n);
        if (e->grant == grant && e->number == number) {
            context_answer(&p->context, e->arg[0], e->arg[1], e->arg[2]);
            queue_remove(p, n);
            return true;
        }
    }
    return false;
}

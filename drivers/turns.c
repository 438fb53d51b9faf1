/* SPDX-License-Identifier: Apache-2.0 */
/* See turns.h. */
#include <drivers/turns.h>

/* The first app behind `p` that waits. */
static struct process *waiting_behind(const struct grant *grant,
                                      struct process *p, struct turn **turn)
{
    while ((p = grant_next(grant, p)) != NULL) {
        *turn = grant_peek(grant, p);
        if ((*turn)->waits)
            return p;
    }
    return NULL;
}

/* One that has ended leaves its place: then the round begins anew. */
struct process *turns_next(struct turns *turns, struct turn **turn)
{
    struct process *last = process_find(turns->last);
    struct process *p = waiting_behind(turns->grant, last, turn);
    if (p == NULL && last != NULL)
        p = waiting_behind(turns->grant, NULL, turn);
    turns->last = p == NULL ? PID_NONE : process_pid(p);
    return p;
}

struct process *turns_now(const struct turns *turns, struct turn **turn)
{
    struct process *p = process_find(turns->last);
    if (p != NULL)
        *turn = grant_peek(turns->grant, p);
    return p;
}

static void on_deferred(struct deferred *deferred)
{
    struct steps *s = CONTAINER_OF(deferred, struct steps, deferred);
    struct turn *turn;
    struct process *p = turns_next(&s->turns, &turn);
    if (p == NULL)
        return;
    deferred_call(&s->deferred);
    s->step(s, p, turn);
}

void steps_init(struct steps *steps, const struct grant *grant,
                void (*step)(struct steps *steps, struct process *p,
                             struct turn *turn))
{
    steps->deferred.run = on_deferred;
    steps->turns.grant = grant;
    steps->step = step;
}

void steps_begin(struct steps *steps, struct turn *turn)
{
    turn->waits = true;
    deferred_call(&steps->deferred);
}

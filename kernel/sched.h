/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs next. Pure: process slots are bits, time is ticks that the caller
 * has measured. The kernel loop is the only user; a board names one policy,
 * and the linker drops the others.
 *
 * The loop's duties:
 *  - sched_wake when an event makes a process ready, sched_ready when anything
 *    else does (start, resume), sched_block when it is ready no longer.
 *  - next() on every way back to an app, at the latest after each wake-up: it
 *    gives the same process again if nothing speaks against it. Its ticks
 *    limit that stretch, and may end before the slice does.
 *  - ran() after each stretch, with all time since it was last told of any or
 *    since idling ended, the kernel's own included: what an app causes is
 *    charged to it.
 *  - passed() after a wait for flash, in which no app could run: nobody's time,
 *    so that who is next does not pay for it. By both round robin's windows stay
 *    true to the clock. */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#define SCHED_SLOTS_MAX 32u

struct sched;

/* Whose turn it is, and how long. */
struct sched_turn {
    _Alignas(8) int slot; /* -1: nobody can run. Comes back in two registers */
    uint32_t ticks;       /* 0: no limit */
};

struct sched_ops {
    /* A ready slot, if there is one. */
    struct sched_turn (*next)(struct sched *s);
    /* `slot` has used `ticks`. True: that was the end of its time slice. */
    bool (*ran)(struct sched *s, uint32_t slot, uint32_t ticks);
    /* So much time has gone by that is nobody's. NULL: it changes nothing. */
    void (*passed)(struct sched *s, uint32_t ticks);
    /* The straight way, or NULL. `slot` has used all the ticks that next() gave
     * it, and nothing else has happened since: what ran() and next() would do.
     * Or nothing, and -1 for the slot, when that is not simple. */
    struct sched_turn (*over)(struct sched *s, uint32_t slot);
};

/* The board sets the first part; the rest begins as zeros, and only the
 * functions here touch it. */
struct sched {
    uint32_t slots;   /* 1 to SCHED_SLOTS_MAX */
    uint32_t slice;   /* ticks, at least 1, at most 2^32 / 200 */
    uint32_t *budget; /* [slots]; NULL for sched_cooperative */
    uint8_t *level;   /* [slots], lowest runs first: the priorities for
                       * sched_priority, zeros for sched_mlfq, else NULL */

    uint32_t ready;  /* bit n: slot n can run */
    uint32_t woken;  /* ready by an event, to run ahead of the queue */
    uint32_t late;   /* ready by an event, but had jumped in this window */
    uint32_t jumped; /* has jumped the queue in this window */
    uint32_t funded; /* has some of its slice left: budget > 0 */
    uint32_t clock;  /* ticks since the window (mlfq: the boost) began */
    uint32_t turn;   /* the slot whose turn it is */
    uint32_t jumper; /* the one that last went ahead of the queue */
};

/* Slices in turn. Three rules, which together make every process get its
 * share, and an event served soon, whatever the others do:
 *  - In a round each process may use one slice of time, in whatever pieces. A
 *    round ends when no ready process has any left, or at idle.
 *  - A window is one slice's worth of time from a jump on. Once per window, a
 *    process that an event made ready goes ahead of the queue at once, on its
 *    own budget. An event that finds its process has jumped already waits for
 *    its turn, or for the end of the window.
 *  - Of several ahead of the queue each gets a 64th of a slice in turn. */
extern const struct sched_ops sched_round_robin;
/* The same without the straight way, for boards that have time but no flash. */
extern const struct sched_ops sched_round_robin_small;

/* No limit and no preemption: next in turn when the running one blocks. */
extern const struct sched_ops sched_cooperative;

/* The lowest level first, at once; slices in turn among equals. */
extern const struct sched_ops sched_priority;

/* As priority with levels 0 to 2, whose slices are 1, 2 and 5 times s->slice.
 * Who has used up its slice sinks a level; after 200 slices' worth of time
 * everyone is back at level 0. Waking up does not change the level. */
extern const struct sched_ops sched_mlfq;

/* Has an event made a process ready that is to run ahead of the queue, now that
 * `ticks` have gone by that the policy has not been told of? */
static inline bool sched_someone_woke(const struct sched *s, uint32_t ticks)
{
    return s->woken != 0 || (s->late != 0 && ticks >= s->slice - s->clock);
}

static inline void sched_ready(struct sched *s, uint32_t slot)
{
    s->ready |= 1u << slot;
}

static inline void sched_block(struct sched *s, uint32_t slot)
{
    uint32_t others = ~(1u << slot);

    s->ready &= others;
    s->woken &= others;
    s->late &= others;
}

/* No effect on a ready process: it was not the event that made it so. */
static inline void sched_wake(struct sched *s, uint32_t slot)
{
    uint32_t bit = 1u << slot;

    if (s->ready & bit)
        return;
    s->ready |= bit;
    if ((s->jumped & bit) != 0) {
        s->late |= bit;
        return;
    }
    s->woken |= bit;
    s->jumped |= bit;
}

#endif

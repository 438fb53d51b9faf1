/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduling policies. All that have slices share one idea: a process has a
 * budget, `funded` says who has some left, and budgets are refilled together
 * when none of those who could run has any. So yielding, waking up and being
 * preempted in any pattern gain nobody time, and nobody is passed over. */
#include <kernel/sched.h>

#include <stddef.h>

#include <berth/compiler.h>

/* The first slot in `mask`, not 0, that comes after `slot`, round and round. */
static ALWAYS_INLINE uint32_t slot_after(uint32_t mask, uint32_t slot)
{
    uint32_t above = mask >> slot >> 1;

    slot++;
    if (above == 0) {
        above = mask;
        slot = 0;
    }
    while ((above & 1u) == 0) {
        above >>= 1;
        slot++;
    }
    return slot;
}

/* The same, but `slot` itself comes first. */
static ALWAYS_INLINE uint32_t slot_from(uint32_t mask, uint32_t slot)
{
    return mask >> slot & 1u ? slot : slot_after(mask, slot);
}

static const struct sched_turn nobody = { -1, 0 };

/* Charge a process; true when its budget, and so its turn, is over. */
static ALWAYS_INLINE bool charge(struct sched *s, uint32_t slot, uint32_t ticks)
{
    if (ticks < s->budget[slot]) {
        s->budget[slot] -= ticks;
        return false;
    }
    s->budget[slot] = 0;
    s->funded &= ~(1u << slot);
    if (s->turn == slot)
        s->turn = (slot + 1) % SCHED_SLOTS_MAX;
    return true;
}

/* ---- round robin -------------------------------------------------------- */

static ALWAYS_INLINE void round_begin(struct sched *s)
{
    uint32_t *budget = s->budget;
    uint32_t slice = s->slice;

    for (uint32_t left = s->slots; left != 0; left--)
        *budget++ = slice;
    s->funded = UINT32_MAX;
}

static ALWAYS_INLINE void window_begin(struct sched *s)
{
    s->clock = 0;
    s->jumped = 0;
    /* Those who missed the old window's jump run now and keep the new one's:
     * else a period of just a slice would fall further behind each time. */
    s->woken |= s->late;
    s->late = 0;
}

/* How long one that goes ahead may run when others do too, or anyone when
 * somebody waits for the end of the window. */
static uint32_t shortened(const struct sched *s, uint32_t budget, bool several)
{
    uint32_t limit = s->late == 0 ? UINT32_MAX : s->slice - s->clock;
    if (several && s->slice / 64 < limit)
        limit = s->slice / 64 + 1;
    return budget < limit ? budget : limit;
}

/* On the way of every switch. */
static struct sched_turn round_robin_next(struct sched *s)
{
    uint32_t able = s->ready & s->funded;
    if (UNLIKELY(able == 0)) {
        round_begin(s);
        if (s->ready == 0) {
            window_begin(s);
            return nobody;
        }
        able = s->ready;
    }
    uint32_t ahead = s->woken & able, several = ahead & (ahead - 1), slot;
    if (ahead == 0)
        slot = s->turn = slot_from(able, s->turn);
    else
        slot = s->jumper = slot_after(ahead, s->jumper);
    uint32_t budget = s->budget[slot];
    if (UNLIKELY((several | s->late) != 0))
        budget = shortened(s, budget, several != 0);
    return (struct sched_turn){ (int)slot, budget };
}

static void round_robin_passed(struct sched *s, uint32_t ticks)
{
    if (s->jumped == 0) /* a window begins with the first jump */
        return;
    if (ticks < s->slice - s->clock)
        s->clock += ticks;
    else
        window_begin(s);
}

static bool round_robin_ran(struct sched *s, uint32_t slot, uint32_t ticks)
{
    bool is_over = charge(s, slot, ticks);

    if (is_over) { /* it has had its turn, for whatever event */
        s->woken &= ~(1u << slot);
        s->late &= ~(1u << slot);
    }
    round_robin_passed(s, ticks);
    return is_over;
}

/* If nobody is ahead of the queue there was no other limit than the slice. */
static struct sched_turn round_robin_over(struct sched *s, uint32_t slot)
{
    if ((s->woken | s->jumped) != 0)
        return nobody;
    s->budget[slot] = 0;
    s->funded &= ~(1u << slot);
    uint32_t able = s->ready & s->funded;
    if (UNLIKELY(able == 0)) {
        round_begin(s);
        able = s->ready;
    }
    uint32_t next = slot_after(able, slot);
    s->turn = next;
    return (struct sched_turn){ (int)next, s->budget[next] };
}

const struct sched_ops sched_round_robin = { round_robin_next, round_robin_ran,
                                             round_robin_passed,
                                             round_robin_over };
const struct sched_ops sched_round_robin_small = { round_robin_next,
                                                   round_robin_ran,
                                                   round_robin_passed, NULL };

/* ---- cooperative -------------------------------------------------------- */

static struct sched_turn cooperative_next(struct sched *s)
{
    /* One that has blocked since, and was woken at once, has had its turn. */
    uint32_t going_on = s->ready & ~s->woken & ~s->late & 1u << s->turn;

    s->jumped = 0; /* here each event counts */
    if (s->ready == 0)
        return nobody;
    if (going_on == 0)
        s->turn = slot_after(s->ready, s->turn);
    s->woken &= ~(1u << s->turn);
    s->late &= ~(1u << s->turn);
    return (struct sched_turn){ (int)s->turn, 0 };
}

static bool cooperative_ran(struct sched *s, uint32_t slot, uint32_t ticks)
{
    (void)s, (void)slot, (void)ticks;
    return false;
}

const struct sched_ops sched_cooperative = { cooperative_next, cooperative_ran,
                                             NULL, NULL };

/* ---- by level: fixed priorities, and multi-level feedback --------------- */

/* The ready slots of the lowest level that has any. */
static uint32_t ready_lowest(const struct sched *s)
{
    uint32_t found = 0;
    uint32_t lowest = UINT32_MAX;

    for (uint32_t slot = 0; slot < s->slots; slot++) {
        if ((s->ready >> slot & 1u) == 0 || s->level[slot] > lowest)
            continue;
        if (s->level[slot] < lowest)
            found = 0;
        lowest = s->level[slot];
        found |= 1u << slot;
    }
    return found;
}

/* The slice of level n is s->slice * multiples[n & 3]. */
static struct sched_turn level_next(struct sched *s, const uint8_t multiples[4])
{
    uint32_t equals = ready_lowest(s);

    s->woken = s->late = s->jumped = 0; /* who was woken has been seen to */
    if (equals == 0)
        return nobody;
    if ((equals & s->funded) == 0) {
        s->funded |= equals;
        for (uint32_t i = 0; i < s->slots; i++)
            if (equals >> i & 1u)
                s->budget[i] = s->slice * multiples[s->level[i] & 3];
    }
    s->turn = slot_from(equals & s->funded, s->turn);
    return (struct sched_turn){ (int)s->turn, s->budget[s->turn] };
}

static struct sched_turn priority_next(struct sched *s)
{
    static const uint8_t multiples[4] = { 1, 1, 1, 1 };

    return level_next(s, multiples);
}

const struct sched_ops sched_priority = { priority_next, charge, NULL, NULL };

#define MLFQ_LOWEST 2u
#define MLFQ_BOOST 200u /* slices */

static struct sched_turn mlfq_next(struct sched *s)
{
    static const uint8_t multiples[4] = { 1, 2, 5, 5 };

    return level_next(s, multiples);
}

static bool mlfq_ran(struct sched *s, uint32_t slot, uint32_t ticks)
{
    bool is_over = charge(s, slot, ticks);

    /* Not funded there, so behind those who are in that level already. */
    if (is_over && s->level[slot] < MLFQ_LOWEST)
        s->level[slot]++;
    if (ticks < MLFQ_BOOST * s->slice - s->clock) {
        s->clock += ticks;
    } else {
        s->clock = 0;
        s->funded = 0;
        for (uint32_t i = 0; i < s->slots; i++)
            s->level[i] = 0;
    }
    return is_over;
}

const struct sched_ops sched_mlfq = { mlfq_next, mlfq_ran, NULL, NULL };

/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduling policies: single rules by hand, and their promises over every
 * state that processes of any malice can bring about in a small world.
 * SOURCES: kernel/sched.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <berth/compiler.h>
#include <kernel/sched.h>

#define SLOTS 4u

struct board {
    struct sched s;
    uint32_t budget[SCHED_SLOTS_MAX];
    uint8_t level[SCHED_SLOTS_MAX];
};

static const struct sched_ops *policy; /* of the boards under test */

static struct board board_of(const struct sched_ops *ops, uint32_t slots,
                             uint32_t slice)
{
    policy = ops;
    return (struct board){ .s = { .slots = slots, .slice = slice } };
}

/* Its pointers lead into itself: to be called after each copy. */
static struct sched *wired(struct board *b)
{
    b->s.budget = b->budget;
    b->s.level = b->level;
    return &b->s;
}

static int next_ticks(struct sched *s, uint32_t *ticks)
{
    struct sched_turn turn = policy->next(s);

    *ticks = turn.ticks;
    return turn.slot;
}

static int next(struct sched *s)
{
    uint32_t ticks;

    return next_ticks(s, &ticks);
}

static void expect_next(struct sched *s, int slot, uint32_t want_ticks)
{
    uint32_t ticks = 12345;

    assert_int_equal(next_ticks(s, &ticks), slot);
    if (slot >= 0)
        assert_int_equal(ticks, want_ticks);
}

static bool ran(struct sched *s, uint32_t slot, uint32_t ticks)
{
    return policy->ran(s, slot, ticks);
}

/* ---- round robin, by hand ----------------------------------------------- */

static void with_nobody_ready_nobody_is_next(void **state)
{
    static const struct sched_ops *const all[] = {
        &sched_round_robin, &sched_cooperative, &sched_priority, &sched_mlfq
    };

    (void)state;
    for (uint32_t i = 0; i < ARRAY_COUNT(all); i++) {
        struct board b = board_of(all[i], SLOTS, 100);
        struct sched *s = wired(&b);
        assert_int_equal(next(s), -1);
        sched_ready(s, 2);
        assert_int_equal(next(s), 2);
        sched_block(s, 2);
        assert_int_equal(next(s), -1);
        sched_wake(s, 3);
        assert_int_equal(next(s), 3);
    }
}

static void computing_processes_take_slices_in_turn(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        sched_ready(s, slot);
    for (uint32_t i = 0; i < 40; i++) {
        expect_next(s, (int)(i % SLOTS), 100);
        assert_true(ran(s, i % SLOTS, 100));
    }
}

static void all_32_slots_take_their_turn(void **state)
{
    struct board b = board_of(&sched_round_robin, SCHED_SLOTS_MAX, 100);
    struct sched *s = wired(&b);

    (void)state;
    for (uint32_t slot = 0; slot < SCHED_SLOTS_MAX; slot++)
        sched_ready(s, slot);
    for (uint32_t i = 0; i < 3 * SCHED_SLOTS_MAX; i++) {
        expect_next(s, (int)(i % SCHED_SLOTS_MAX), 100);
        ran(s, i % SCHED_SLOTS_MAX, 100);
    }
    sched_block(s, 31);
    sched_block(s, 0);
    sched_wake(s, 31);
    sched_wake(s, 0);
    for (uint32_t i = 0; i < 4; i++) {
        expect_next(s, i % 2 == 0 ? 31 : 0, 2);
        ran(s, i % 2 == 0 ? 31 : 0, 2);
    }
}

static void an_interrupted_slice_goes_on(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 1);
    sched_ready(s, 2);
    expect_next(s, 1, 100);
    assert_false(ran(s, 1, 30));
    expect_next(s, 1, 70);
    assert_false(ran(s, 1, 69));
    expect_next(s, 1, 1);
    assert_true(ran(s, 1, 1));
    expect_next(s, 2, 100);
}

static void a_woken_process_runs_next(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 1);
    expect_next(s, 0, 100);
    ran(s, 0, 10);
    sched_wake(s, 3);
    expect_next(s, 3, 100); /* its own slice */
    ran(s, 3, 5);
    sched_block(s, 3);
    assert_true(next(s) == 0);
}

static void a_process_made_ready_otherwise_waits_its_turn(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    expect_next(s, 0, 100);
    ran(s, 0, 10);
    sched_ready(s, 3);
    expect_next(s, 0, 90);
}

static void an_event_for_a_ready_process_changes_nothing(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 3);
    expect_next(s, 0, 100);
    ran(s, 0, 10);
    sched_wake(s, 3);
    expect_next(s, 0, 90);
}

static void a_process_jumps_once_per_window(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 1);
    for (uint32_t window = 0; window < 20; window++) {
        int computing = (int)(window % 2);
        expect_next(s, computing, 100);
        ran(s, (uint32_t)computing, 10);
        sched_wake(s, 3);
        expect_next(s, 3, 100);
        sched_block(s, 3);
        sched_wake(s, 3); /* at once: no second time */
        expect_next(s, computing, 90);
        sched_block(s, 3);
        assert_true(ran(s, (uint32_t)computing, 90));
    }
}

static void a_late_process_runs_when_the_window_ends(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    expect_next(s, 0, 100);
    ran(s, 0, 3);
    sched_wake(s, 3);
    expect_next(s, 3, 100);
    ran(s, 3, 5);
    sched_block(s, 3);
    sched_wake(s, 3);
    expect_next(s, 0, 95); /* it has 97, but the window ends first */
    assert_false(ran(s, 0, 95));
    expect_next(s, 3, 95);
    ran(s, 3, 1);
    sched_block(s, 3);
    sched_wake(s, 3); /* its jump of the new window is still there */
    expect_next(s, 3, 94);
    ran(s, 3, 1);
    sched_block(s, 3);
    sched_wake(s, 3);
    expect_next(s, 0, 2);
}

static void a_jump_is_paid_from_the_own_slice(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 3);
    expect_next(s, 0, 100);
    ran(s, 0, 1);
    sched_block(s, 3);
    sched_wake(s, 3);
    expect_next(s, 3, 100);
    ran(s, 3, 99);
    expect_next(s, 3, 1);
    assert_true(ran(s, 3, 1));
    sched_block(s, 3);
    sched_wake(s, 3); /* nothing left: back to the queue */
    expect_next(s, 0, 99);
    ran(s, 0, 99);
    expect_next(s, 3, 100);
}

static void a_used_up_jump_is_over_and_leaves_the_turn_alone(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 2);
    expect_next(s, 0, 100);
    ran(s, 0, 10);
    sched_wake(s, 1);
    expect_next(s, 1, 100);
    ran(s, 1, 90);
    expect_next(s, 1, 10); /* it still is ahead of the queue */
    assert_true(ran(s, 1, 10));
    expect_next(s, 0, 90); /* and here no more */
    assert_true(ran(s, 0, 90));
    expect_next(s, 2, 100);
    assert_true(ran(s, 2, 100));
    expect_next(s, 0, 100); /* nor in the next round */
}

static void a_late_process_that_had_its_turn_is_not_late_any_more(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    expect_next(s, 0, 100);
    sched_wake(s, 1);
    sched_block(s, 1);
    sched_wake(s, 1);
    assert_true(ran(s, 0, 90 + 10));
    expect_next(s, 1, 100); /* the window has ended */
    assert_true(ran(s, 1, 99 + 1));
    expect_next(s, 0, 100);
    ran(s, 0, 50);
    expect_next(s, 0, 50);
}

static void several_ahead_of_the_queue_take_short_turns(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 640);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    assert_int_equal(next(s), 0);
    ran(s, 0, 5);
    for (uint32_t slot = 1; slot < 4; slot++)
        sched_wake(s, slot);
    for (uint32_t i = 0; i < 9; i++) {
        expect_next(s, (int)(1 + i % 3), 11);
        ran(s, 1 + i % 3, 11);
    }
    sched_block(s, 1);
    sched_block(s, 2);
    expect_next(s, 3, 640 - 3 * 11); /* alone: all it has left */
}

static void overrunning_a_slice_ends_it_and_no_more(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 1);
    expect_next(s, 0, 100);
    assert_true(ran(s, 0, UINT32_MAX));
    expect_next(s, 1, 100);
    assert_true(ran(s, 1, 101));
    expect_next(s, 0, 100);
}

static void a_slice_of_one_tick_works(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 1);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    sched_wake(s, 1);
    sched_wake(s, 2);
    for (uint32_t i = 0; i < 30; i++) {
        int slot = next(s);
        assert_true(ran(s, (uint32_t)slot, 1));
    }
    expect_next(s, 1, 1);
}

/* Without windows each event of a process that waits is a wake-up. */
static void where_there_are_no_windows_every_event_wakes(void **state)
{
    static const struct sched_ops *const all[] = { &sched_cooperative,
                                                   &sched_priority,
                                                   &sched_mlfq };

    (void)state;
    for (uint32_t i = 0; i < ARRAY_COUNT(all); i++) {
        struct board b = board_of(all[i], SLOTS, 100);
        struct sched *s = wired(&b);
        for (uint32_t n = 0; n < 3; n++) {
            sched_wake(s, 2);
            assert_true(sched_someone_woke(s, 0));
            assert_int_equal(next(s), 2);
            ran(s, 2, 1);
            sched_block(s, 2);
            assert_false(sched_someone_woke(s, 0));
        }
    }
}

/* Time of the kernel's own ends a window, and costs nobody any of its slice. */
static void time_that_passes_ends_a_window_and_is_charged_to_nobody(
    void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 0);
    expect_next(s, 0, 100);
    ran(s, 0, 1);
    sched_wake(s, 3);
    expect_next(s, 3, 100);
    ran(s, 3, 10);
    sched_block(s, 3);
    sched_wake(s, 3); /* has jumped: late */
    assert_false(sched_someone_woke(s, 89));
    assert_true(sched_someone_woke(s, 90));
    policy->passed(s, 89);
    assert_false(sched_someone_woke(s, 0));
    expect_next(s, 0, 1);
    policy->passed(s, 1);
    assert_true(sched_someone_woke(s, 0));
    expect_next(s, 3, 90);
    ran(s, 3, 90);
    expect_next(s, 0, 99);
}

static void idling_starts_everyone_afresh(void **state)
{
    struct board b = board_of(&sched_round_robin, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_wake(s, 1);
    assert_int_equal(next(s), 1);
    ran(s, 1, 60);
    sched_block(s, 1);
    assert_int_equal(next(s), -1);
    sched_wake(s, 1);
    expect_next(s, 1, 100);
}

/* ---- cooperative, priorities, feedback: by hand ------------------------- */

static void cooperative_runs_until_it_blocks(void **state)
{
    struct board b = board_of(&sched_cooperative, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    b.s.budget = NULL;
    b.s.level = NULL;
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        sched_ready(s, slot);
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t slot = i % SLOTS;
        expect_next(s, (int)slot, 0);
        assert_false(ran(s, slot, 1000000));
        sched_wake(s, (slot + 1) % SLOTS); /* is ready: no effect */
        expect_next(s, (int)slot, 0);
        sched_block(s, slot);
        sched_wake(s, slot); /* even when woken at once, others come first */
    }
}

static void the_lowest_level_runs_at_once(void **state)
{
    struct board b = board_of(&sched_priority, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    memcpy(b.level, (uint8_t[]){ 7, 200, 0, 200 }, SLOTS);
    sched_ready(s, 1);
    sched_ready(s, 3);
    expect_next(s, 1, 100);
    ran(s, 1, 40);
    sched_wake(s, 0);
    expect_next(s, 0, 100);
    ran(s, 0, 100);
    expect_next(s, 0, 100); /* whatever it uses */
    ran(s, 0, 50);
    sched_ready(s, 2);
    expect_next(s, 2, 100);
    ran(s, 2, 1);
    sched_block(s, 2);
    expect_next(s, 0, 50);
    sched_block(s, 0);
    expect_next(s, 1, 60); /* goes on where it was */
    ran(s, 1, 60);
    expect_next(s, 3, 100);
    ran(s, 3, 100);
    expect_next(s, 1, 100);
}

static void using_up_slices_sinks_to_the_lowest_level(void **state)
{
    struct board b = board_of(&sched_mlfq, SLOTS, 100);
    struct sched *s = wired(&b);

    (void)state;
    sched_ready(s, 1);
    expect_next(s, 1, 100);
    assert_true(ran(s, 1, 100));
    expect_next(s, 1, 200);
    assert_false(ran(s, 1, 150));
    sched_block(s, 1);
    sched_wake(s, 1); /* neither keeps it from sinking nor lifts it */
    expect_next(s, 1, 50);
    assert_true(ran(s, 1, 50));
    for (uint32_t i = 0; i < 5; i++) {
        expect_next(s, 1, 500);
        assert_true(ran(s, 1, 500));
    }
    assert_int_equal(b.level[1], 2);
    sched_ready(s, 3);
    expect_next(s, 3, 100); /* a new one comes before */
}

static void everyone_rises_after_200_slices(void **state)
{
    struct board b = board_of(&sched_mlfq, SLOTS, 100);
    struct sched *s = wired(&b);
    uint32_t total = 0, ticks;

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 1);
    while (total < 20000) {
        int slot = next_ticks(s, &ticks);
        assert_true(total < 600 || b.level[slot] == 2);
        ran(s, (uint32_t)slot, ticks);
        total += ticks;
    }
    assert_int_equal(b.level[0], 0);
    assert_int_equal(b.level[1], 0);
    assert_true(next(s) >= 0);
    uint32_t slot = (uint32_t)next_ticks(s, &ticks);
    assert_int_equal(ticks, 100);
    ran(s, slot, 100);
    expect_next(s, (int)(1 - slot), 100);
}

/* One that always blocks just before its slice is over, and is woken at once,
 * against one that computes. */
static void yielding_in_time_does_not_keep_a_high_level(void **state)
{
    struct board b = board_of(&sched_mlfq, SLOTS, 100);
    struct sched *s = wired(&b);
    uint32_t used[2] = { 0, 0 };

    (void)state;
    sched_ready(s, 0);
    sched_ready(s, 1);
    while (used[0] + used[1] < 200000) {
        uint32_t ticks;
        uint32_t slot = (uint32_t)next_ticks(s, &ticks);
        bool is_sly = slot == 1 && ticks > 1;
        used[slot] += is_sly ? ticks - 1 : ticks;
        ran(s, slot, is_sly ? ticks - 1 : ticks);
        if (is_sly) {
            sched_block(s, 1);
            sched_wake(s, 1);
        }
    }
    assert_in_range(used[1], 90000, 110000);
}

/* ---- every state of a small world --------------------------------------- */

/* What a state is made of, besides the policy: everything the checks carry
 * along. All that is compared has to fit a key. */
#define N 3u

struct world {
    struct sched s;
    uint32_t budget[N];
    uint8_t level[N];
    uint8_t waiting; /* ticks that the subject has been ready without running */
    uint8_t gain;    /* see share_step */
    uint8_t phase;   /* witness: ticks to its next event */
    uint8_t left;    /* witness: ticks of work left, 0: it sleeps */
    bool is_due;     /* witness: ready, but has not begun */
    bool is_served;  /* witness: the kernel has had its tick of this period */
};

struct key {
    uint8_t bits[19];
};

static struct sched *world_wired(struct world *w)
{
    w->s.budget = w->budget;
    w->s.level = w->level;
    return &w->s;
}

#define STATES_MAX (1u << 20)
#define TABLE_SIZE (1u << 22)

static struct world *queue;
static uint32_t *table; /* index in queue + 1, by hash of the key */
static uint32_t queued;

static struct key key_of(const struct world *w)
{
    const struct sched *s = &w->s;
    struct key k = { { (uint8_t)s->ready, (uint8_t)s->woken, (uint8_t)s->late,
                       (uint8_t)(s->jumped & 7u), (uint8_t)(s->funded & 7u),
                       (uint8_t)s->clock, (uint8_t)(s->turn | s->jumper << 4),
                       w->waiting, w->gain, w->phase, w->left, w->is_due,
                       w->is_served } };

    for (uint32_t i = 0; i < N; i++) {
        k.bits[13 + i] = (uint8_t)w->budget[i];
        k.bits[16 + i] = w->level[i];
    }
    return k;
}

static void explore_add(const struct world *w)
{
    struct key k = key_of(w);
    uint32_t hash = 2166136261u;

    for (uint32_t i = 0; i < sizeof k.bits; i++)
        hash = (hash ^ k.bits[i]) * 16777619u;
    for (;; hash++) {
        uint32_t *entry = &table[hash % TABLE_SIZE];
        if (*entry == 0) {
            assert_true(queued < STATES_MAX);
            queue[queued++] = *w;
            *entry = queued;
            return;
        }
        struct key other = key_of(&queue[*entry - 1]);
        if (memcmp(&other, &k, sizeof k) == 0)
            return;
    }
}

/* Call step on every state reachable from `first`; step adds successors. */
static void explore(const struct world *first,
                    void (*step)(const struct world *))
{
    queue = malloc(STATES_MAX * sizeof *queue);
    table = calloc(TABLE_SIZE, sizeof *table);
    assert_non_null(queue);
    assert_non_null(table);
    queued = 0;
    explore_add(first);
    for (uint32_t i = 0; i < queued; i++) {
        struct world w = queue[i];
        step(&w);
    }
    print_message("%u states\n", (unsigned)queued);
    free(queue);
    free(table);
}

static void assert_sane(const struct sched *s)
{
    assert_int_equal(s->woken & ~s->ready, 0);
    assert_int_equal(s->late & ~s->ready, 0);
    assert_int_equal(s->late & s->woken, 0);
    for (uint32_t i = 0; i < s->slots; i++)
        assert_int_equal(s->funded >> i & 1u, s->budget[i] != 0);
}

/* What the running process does at the end of its stretch. */
enum deed { GO_ON, BLOCK, BLOCK_AND_WAKE, DEEDS };

static void act(struct sched *s, uint32_t slot, enum deed deed)
{
    if (deed != GO_ON)
        sched_block(s, slot);
    if (deed == BLOCK_AND_WAKE)
        sched_wake(s, slot);
}

/* Wake the sleepers in `mask`; false if one of them does not sleep. */
static bool wake_all(struct sched *s, uint32_t mask)
{
    if ((s->ready & mask) != 0)
        return false;
    for (uint32_t i = 0; i < N; i++)
        if (mask >> i & 1u)
            sched_wake(s, i);
    return true;
}

/* Slot 0 computes for ever; the two others do what they like: run any part of
 * what they are given, then go on, block, or block and be woken at once, while
 * any of the sleepers are woken. Then
 *  - slot 0 never waits for more than two slices of each of the others, and
 *  - in no stretch of time does slot 1 get more than two slices over slot 0:
 *    `gain` is the most that it got over it in a stretch ending now. */
static uint32_t most_waiting, most_gain;

/* Where the straight way is open it leads where the long one does; where it is
 * not, nothing has changed. */
static uint32_t straight_ways;

static void straight_check(const struct world *before, uint32_t slot,
                           uint32_t used)
{
    struct world longer = *before, straight = *before;
    assert_true(ran(world_wired(&longer), slot, used));
    struct sched_turn a = policy->next(&longer.s);
    struct sched_turn b = policy->over(world_wired(&straight), slot);
    const struct world *expected = b.slot < 0 ? before : &longer;
    straight.s.budget = expected->s.budget;
    straight.s.level = expected->s.level;
    assert_memory_equal(&straight, expected, sizeof straight);
    if (b.slot < 0)
        return;
    assert_int_equal(a.slot, b.slot);
    assert_int_equal(a.ticks, b.ticks);
    straight_ways++;
}

static void share_step(const struct world *before)
{
    const uint32_t slice = before->s.slice;
    struct world w = *before;
    uint32_t ticks;
    int slot = next_ticks(world_wired(&w), &ticks);

    assert_true(slot >= 0 && (w.s.ready >> slot & 1u) != 0);
    assert_in_range(ticks, 1, slice);
    assert_sane(&w.s);
    if (w.budget[slot] == ticks) {
        straight_check(&w, (uint32_t)slot, ticks);
        straight_check(&w, (uint32_t)slot, ticks + 2); /* an interrupt late */
    }
    for (uint32_t used = 0; used <= ticks; used++)
        for (enum deed deed = GO_ON; deed < (slot == 0 ? BLOCK : DEEDS); deed++)
            for (uint32_t wakes = 0; wakes < 1u << N; wakes++) {
                struct world after = w;
                struct sched *s = world_wired(&after);
                bool is_over = ran(s, (uint32_t)slot, used);
                assert_int_equal(is_over, w.budget[slot] == used);
                act(s, (uint32_t)slot, deed);
                if (!wake_all(s, wakes))
                    continue;
                after.waiting = slot == 0 ? 0 : (uint8_t)(after.waiting + used);
                if (slot == 1)
                    after.gain = (uint8_t)(after.gain + used);
                else if (slot == 0)
                    after.gain =
                        (uint8_t)(after.gain > used ? after.gain - used : 0);
                assert_true(after.waiting <= 2 * (N - 1) * slice);
                assert_true(after.gain <= 2 * slice);
                if (after.waiting > most_waiting)
                    most_waiting = after.waiting;
                if (after.gain > most_gain)
                    most_gain = after.gain;
                explore_add(&after);
            }
}

static void no_malice_takes_more_than_its_share(void **state)
{
    (void)state;
    for (uint32_t slice = 1; slice <= 3; slice++) {
        policy = &sched_round_robin;
        struct world first = { .s = { .slots = N, .slice = slice } };
        most_waiting = most_gain = straight_ways = 0;
        sched_ready(world_wired(&first), 0);
        explore(&first, share_step);
        print_message("slice %u: waits %u, gains %u, %u ways straight\n",
                      (unsigned)slice, (unsigned)most_waiting,
                      (unsigned)most_gain, (unsigned)straight_ways);
        assert_true(most_gain >= slice); /* the search has found something */
        assert_true(straight_ways > 20);
    }
}

/* Slot `witness` is woken every `slice` ticks and works one tick each time. It
 * begins at most one short turn (one tick, here) of each other process after
 * its event, whatever those do, as long as its share lets it. */
static uint32_t witness, most_late;

static void witness_passes(struct world *w, uint32_t ticks)
{
    struct sched *s = world_wired(w);

    if (w->is_due)
        w->waiting = (uint8_t)(w->waiting + ticks);
    assert_true(ticks <= w->phase);
    w->phase = (uint8_t)(w->phase - ticks);
    if (w->phase != 0)
        return;
    w->phase = (uint8_t)s->slice;
    assert_int_equal(w->left, 0);
    w->left = 1;
    w->is_due = true;
    w->waiting = 0;
    w->is_served = false;
    sched_wake(s, witness);
}

static void witness_idles(const struct world *w)
{
    for (uint32_t ticks = 1; ticks <= w->phase; ticks++)
        for (uint32_t wakes = 0; wakes < 1u << N; wakes++) {
            struct world after = *w;
            if ((wakes >> witness & 1u) != 0 ||
                (wakes == 0 && ticks < w->phase))
                continue;
            wake_all(world_wired(&after), wakes);
            witness_passes(&after, ticks);
            explore_add(&after);
        }
}

/* Once a period the kernel works for a tick, and learns of the witness's event
 * before or after it. It costs nobody any of its share, and no more than that
 * tick, which does not count. */
static void witness_waits_for_kernel(const struct world *w)
{
    for (uint32_t is_first = 0; is_first < 2 && !w->is_served; is_first++) {
        struct world after = *w;
        struct sched *s = world_wired(&after);
        bool was_woken = sched_someone_woke(s, 1);
        if (is_first)
            witness_passes(&after, 1);
        policy->passed(s, 1);
        if (!is_first)
            witness_passes(&after, 1);
        assert_memory_equal(after.budget, w->budget, sizeof w->budget);
        assert_true(!was_woken || sched_someone_woke(s, 0));
        after.waiting = after.is_due && w->is_due ? w->waiting : 0;
        after.is_served = true;
        explore_add(&after);
    }
}

static void witness_step(const struct world *before)
{
    struct world w = *before;
    uint32_t ticks;
    witness_waits_for_kernel(before);
    int slot = next_ticks(world_wired(&w), &ticks);

    assert_sane(&w.s);
    if (slot < 0) {
        witness_idles(&w);
        return;
    }
    if ((uint32_t)slot == witness) {
        assert_true(w.waiting <= N - 1);
        if (w.waiting > most_late)
            most_late = w.waiting;
        w.is_due = false;
        w.waiting = 0;
    }
    for (uint32_t used = 0; used <= ticks && used <= w.phase; used++)
        for (enum deed deed = GO_ON; deed < DEEDS; deed++)
            for (uint32_t wakes = 0; wakes < 1u << N; wakes++) {
                struct world after = w;
                struct sched *s = world_wired(&after);
                if ((wakes >> witness & 1u) != 0)
                    continue;
                if ((uint32_t)slot == witness && (used != 1 || deed != BLOCK))
                    continue;
                ran(s, (uint32_t)slot, used);
                act(s, (uint32_t)slot, deed);
                if ((uint32_t)slot == witness)
                    after.left = 0;
                if (!wake_all(s, wakes))
                    continue;
                witness_passes(&after, used);
                explore_add(&after);
            }
}

static void a_modest_periodic_process_is_never_late(void **state)
{
    (void)state;
    most_late = 0;
    for (witness = 0; witness < N; witness++) {
        policy = &sched_round_robin;
        struct world first = { .s = { .slots = N, .slice = 4 }, .phase = 4 };
        explore(&first, witness_step);
    }
    print_message("late by %u\n", (unsigned)most_late);
    assert_true(most_late >= 1);
}

/* Priorities: slot 2 is above 0 and 1, which are equals. Slot 0 computes for
 * ever, the others do what they like. Slot 2 runs whenever it is ready, and
 * does not help slot 1 to more than two slices over slot 0 either. */
static void priority_step(const struct world *before)
{
    struct world w = *before;
    uint32_t ticks;
    int slot = next_ticks(world_wired(&w), &ticks);

    assert_int_equal(slot == 2, w.s.ready >> 2 & 1u);
    assert_sane(&w.s);
    for (uint32_t used = 0; used <= ticks; used++)
        for (enum deed deed = GO_ON; deed < (slot == 0 ? BLOCK : DEEDS); deed++)
            for (uint32_t wakes = 0; wakes < 1u << N; wakes++) {
                struct world after = w;
                struct sched *s = world_wired(&after);
                ran(s, (uint32_t)slot, used);
                act(s, (uint32_t)slot, deed);
                if (!wake_all(s, wakes))
                    continue;
                if (slot == 1)
                    after.gain = (uint8_t)(after.gain + used);
                else if (slot == 0)
                    after.gain =
                        (uint8_t)(after.gain > used ? after.gain - used : 0);
                assert_true(after.gain <= 2 * s->slice);
                explore_add(&after);
            }
}

static void equals_share_whatever_a_higher_one_does(void **state)
{
    policy = &sched_priority;
    struct world first = { .s = { .slots = N, .slice = 3 },
                           .level = { 1, 1, 0 } };

    (void)state;
    sched_ready(world_wired(&first), 0);
    explore(&first, priority_step);
}

/* Cooperative: whoever is ready runs before another blocks for the third time:
 * `gain` counts how often slot 1 has run anew while slot 0 was ready. */
static void cooperative_step(const struct world *before)
{
    struct world w = *before;
    uint32_t ticks;
    int slot = next_ticks(world_wired(&w), &ticks);

    assert_true(slot >= 0 && (w.s.ready >> slot & 1u) != 0);
    for (enum deed deed = BLOCK; deed < DEEDS; deed++)
        for (uint32_t wakes = 0; wakes < 1u << N; wakes++) {
            struct world after = w;
            struct sched *s = world_wired(&after);
            assert_int_equal(next(s), slot); /* goes on until it blocks */
            if (slot == 0)
                after.gain = 0;
            else if (slot == 1)
                after.gain++;
            assert_true(after.gain <= 1);
            act(s, (uint32_t)slot, slot == 0 ? BLOCK_AND_WAKE : deed);
            if (wake_all(s, wakes))
                explore_add(&after);
        }
}

static void cooperative_passes_nobody_over(void **state)
{
    policy = &sched_cooperative;
    struct world first = { .s = { .slots = N, .slice = 1 } };

    (void)state;
    sched_ready(world_wired(&first), 0);
    explore(&first, cooperative_step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_nobody_ready_nobody_is_next),
        cmocka_unit_test(computing_processes_take_slices_in_turn),
        cmocka_unit_test(all_32_slots_take_their_turn),
        cmocka_unit_test(an_interrupted_slice_goes_on),
        cmocka_unit_test(a_woken_process_runs_next),
        cmocka_unit_test(a_process_made_ready_otherwise_waits_its_turn),
        cmocka_unit_test(an_event_for_a_ready_process_changes_nothing),
        cmocka_unit_test(a_process_jumps_once_per_window),
        cmocka_unit_test(a_late_process_runs_when_the_window_ends),
        cmocka_unit_test(a_jump_is_paid_from_the_own_slice),
        cmocka_unit_test(a_used_up_jump_is_over_and_leaves_the_turn_alone),
        cmocka_unit_test(a_late_process_that_had_its_turn_is_not_late_any_more),
        cmocka_unit_test(several_ahead_of_the_queue_take_short_turns),
        cmocka_unit_test(overrunning_a_slice_ends_it_and_no_more),
        cmocka_unit_test(a_slice_of_one_tick_works),
        cmocka_unit_test(where_there_are_no_windows_every_event_wakes),
        cmocka_unit_test(
            time_that_passes_ends_a_window_and_is_charged_to_nobody),
        cmocka_unit_test(idling_starts_everyone_afresh),
        cmocka_unit_test(cooperative_runs_until_it_blocks),
        cmocka_unit_test(the_lowest_level_runs_at_once),
        cmocka_unit_test(using_up_slices_sinks_to_the_lowest_level),
        cmocka_unit_test(everyone_rises_after_200_slices),
        cmocka_unit_test(yielding_in_time_does_not_keep_a_high_level),
        cmocka_unit_test(no_malice_takes_more_than_its_share),
        cmocka_unit_test(a_modest_periodic_process_is_never_late),
        cmocka_unit_test(equals_share_whatever_a_higher_one_does),
        cmocka_unit_test(cooperative_passes_nobody_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

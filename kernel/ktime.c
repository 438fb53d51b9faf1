/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel timers: a list in order of time. The chip's one comparator stands at
 * the first of them or at the end of the running time slice, whichever comes
 * first. */
#include <berth/hil/chip.h>
#include <kernel/process.h>

struct ktimer *ktimer_first;
static uint64_t slice_end = UINT64_MAX;

uint64_t ktime_now(void)
{
    return chip_now();
}

uint32_t ktime_now_low(void)
{
    return chip_now_low();
}

uint32_t ktime_hz(void)
{
    return chip_timer_hz();
}

/* Without a 64-bit division: whole ticks per millisecond, and the rest. */
uint64_t ktime_of_ms(uint32_t ms)
{
    uint32_t rest = ms % 1000 * (chip_timer_hz() % 1000) / 1000;
    return (uint64_t)ms * (chip_timer_hz() / 1000) +
           ms / 1000 * (chip_timer_hz() % 1000) + rest;
}

/* The end of a slice is the loop's concern alone: it moves the comparator. */
static inline void comparator_set(void)
{
    if (LIKELY(ktimer_first == NULL) || slice_end <= ktimer_first->due) {
        cpu.preempt = TRAP_IRQ_TIMER;
        chip_timer_set(slice_end);
    } else {
        cpu.preempt = 0;
        chip_timer_set(ktimer_first->due);
    }
}

void ktime_slice(uint64_t end)
{
    slice_end = end;
    comparator_set();
}

void ktimer_disarm(struct ktimer *timer)
{
    if (!timer->armed)
        return;
    timer->armed = false;
    struct ktimer **link = &ktimer_first;
    while (*link != timer)
        link = &(*link)->next;
    *link = timer->next;
}

/* Among equals the one armed first fires first. */
void ktimer_arm(struct ktimer *timer, uint64_t due)
{
    ktimer_disarm(timer);
    struct ktimer **link = &ktimer_first;
    while (*link != NULL && (*link)->due <= due)
        link = &(*link)->next;
    timer->due = due;
    timer->armed = true;
    timer->next = *link;
    *link = timer;
    if (link == &ktimer_first)
        comparator_set();
}

/* What becomes due meanwhile interrupts again: no timer that keeps arming
 * itself holds up the kernel. */
NOINLINE void ktimer_arm_ms(struct ktimer *timer, uint32_t ms)
{
    ktimer_arm(timer, ktime_now() + ktime_of_ms(ms));
}

bool ktimer_run(uint64_t now)
{
    bool fired = false;
    while (ktimer_is_due(now)) {
        struct ktimer *timer = ktimer_first;
        ktimer_first = timer->next;
        timer->armed = false;
        timer->fire(timer);
        fired = true;
    }
    return fired;
}

void ktime_interrupt(void)
{
    ktimer_run(chip_now());
    comparator_set();
}

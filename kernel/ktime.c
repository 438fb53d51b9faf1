/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel timers: a list in order of time over the chip's one comparator, which
 * the loop sets to whatever comes first. */
#include <berth/hil/chip.h>
#include <kernel/process.h>

static struct ktimer *first;

uint64_t ktime_now(void)
{
    return chip_now();
}

uint32_t ktime_hz(void)
{
    return chip_timer_hz;
}

/* Without a 64-bit division: whole ticks per millisecond, and the rest. */
uint64_t ktime_of_ms(uint32_t ms)
{
    uint32_t rest = ms % 1000 * (chip_timer_hz % 1000) / 1000;
    return (uint64_t)ms * (chip_timer_hz / 1000) +
           ms / 1000 * (chip_timer_hz % 1000) + rest;
}

/* The link that points at `timer`, or at where it would go. */
static struct ktimer **link_of(const struct ktimer *timer)
{
    struct ktimer **link = &first;
    while (*link != NULL && *link != timer)
        link = &(*link)->next;
    return link;
}

void ktimer_disarm(struct ktimer *timer)
{
    if (!timer->armed)
        return;
    timer->armed = false;
    *link_of(timer) = timer->next;
}

/* Among equals the one armed first fires first. */
void ktimer_arm(struct ktimer *timer, uint64_t due)
{
    ktimer_disarm(timer);
    struct ktimer **link = &first;
    while (*link != NULL && (*link)->due <= due)
        link = &(*link)->next;
    timer->due = due;
    timer->armed = true;
    timer->next = *link;
    *link = timer;
    if (link == &first)
        kernel_attention(); /* the comparator has to move */
}

void ktimer_run(void)
{
    while (first != NULL && first->due <= chip_now()) {
        struct ktimer *timer = first;
        first = timer->next;
        timer->armed = false;
        timer->fire(timer);
    }
}

uint64_t ktimer_next(void)
{
    return first == NULL ? UINT64_MAX : first->due;
}

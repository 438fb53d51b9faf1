/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's boot order and its loop. */
#include <berth/hil/chip.h>
#include <kernel/process.h>
#include <kernel/report.h>

struct cpu cpu;

static bool sealed;

void kernel_init(void)
{
    arch_init();
    driver_index_build();
    process_init();
    kernel_config.sched->slots = kernel_config.slot_count;
    kernel_config.sched->slice =
        (uint32_t)ktime_of_ms(kernel_config.slice_ms);
}

/* Drivers may be entered from here on, and no row may be added. */
static void kernel_seal(void)
{
    kassert(!sealed);
    sealed = true;
}

/* Work that was put off, one piece, and the interrupts that came meanwhile:
 * no series of deferred calls holds up the hardware. */
static void attend(void)
{
    cpu.attention = 0;
    process_attend();
    while (deferred_run()) {
        chip_service();
        ktimer_run();
        process_attend();
    }
}

/* Nobody can run: wait for an interrupt and serve it. */
static void idle(void)
{
    chip_timer_set(ktimer_next());
    chip_wait();
    chip_service();
    ktimer_run();
}

static void slice_used_up(struct process *p)
{
    p->slices++;
    p->unyielded++;
    if (kernel_config.watchdog_ms != 0 &&
        (uint32_t)p->unyielded * kernel_config.slice_ms >=
            kernel_config.watchdog_ms)
        process_break(p, (struct trap){ FAULT_WATCHDOG, 0 });
}

/* Why it came back; a system call has been answered already. */
static void trap_handle(struct process *p, struct trap why, bool expired)
{
    if (why.cause == TRAP_IRQ_TIMER)
        ktimer_run();
    else if ((why.cause & TRAP_INTERRUPT) != 0)
        chip_service();
    else if (why.cause != TRAP_NONE)
        process_break(p, why);
    if (expired && p->state == PROCESS_RUNNING)
        slice_used_up(p);
}

/* For the one driver that wants to know. */
static void resumed_tell(struct process *p)
{
    for (uint32_t i = 0; i < kernel_config.driver_count; i++) {
        const struct driver *d = &kernel_config.drivers[i];
        if (d->ops->resumed != NULL)
            d->ops->resumed(d->self, p);
    }
}

/* One turn of one process, at most `slice` ticks long (0: no limit). */
static void process_turn(struct process *p, uint32_t slice)
{
    uint64_t begun = chip_now();
    uint64_t end = slice == 0 ? UINT64_MAX : begun + slice;
    uint64_t next = ktimer_next();
    chip_timer_set(next < end ? next : end);
    if (user_loaded != p)
        user_load(p);
    if (UNLIKELY(p->tell_resumed))
        resumed_tell(p);
    struct trap why = arch_run(&p->context);
    uint32_t used = (uint32_t)(chip_now() - begun);
    struct sched *s = kernel_config.sched;
    bool expired = s->ops->ran(s, process_slot(p), used);
    trap_handle(p, why, expired);
}

NORETURN void kernel_run(void)
{
    kernel_seal();
    for (;;) {
        if (cpu.attention != 0)
            attend();
        uint32_t slice;
        struct sched *s = kernel_config.sched;
        int slot = s->ops->next(s, &slice);
        if (slot < 0)
            idle();
        else
            process_turn(kernel_config.slots[slot].process, slice);
    }
}

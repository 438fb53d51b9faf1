/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's boot order and its loop. */
#include <berth/hil/chip.h>
#include <kernel/flash_hold.h>
#include <kernel/process.h>
#include <kernel/report.h>

struct cpu cpu;

static bool sealed;

COLD void kernel_init(void)
{
    arch_init();
    driver_index_build();
    process_init();
    kernel_config.sched->slots = kernel_config.slot_count;
    kernel_config.sched->slice = (uint32_t)ktime_of_ms(kernel_config.slice_ms);
}

/* Drivers may be entered from here on, and no row may be added. */
static void kernel_seal(void)
{
    kassert(!sealed);
    sealed = true;
}

/* Up to here the time has been charged to whom it belongs. */
static uint64_t charged_to;

/* Nobody can run: wait for an interrupt and serve it. */
static ALWAYS_INLINE void idle(void)
{
    ktime_slice(UINT64_MAX);
    chip_wait();
    charged_to = chip_now();
    if (!ktimer_run(charged_to))
        chip_service();
}

/* By how many. */
static uint32_t flash_holds;

void flash_hold(void)
{
    flash_holds++;
}

void flash_release(void)
{
    flash_holds--;
}

/* What is inlined here is long, and who calls this is in no hurry. */
NOINLINE void flash_open(void)
{
    user_drop();
}

/* While app flash is held only what will bring it back is done, and interrupts
 * are waited for. */
static NOINLINE COLD void until_flash_is_back(void)
{
    const struct sched_ops *scheduler = kernel_config.scheduler;
    uint64_t held_at = chip_now(), charged = charged_to;
    while (flash_holds != 0) {
        if (!flash_run()) {
            idle();
        } else {
            chip_service();
            ktimer_run(chip_now());
        }
    }
    /* nobody's time, but time: a window may end */
    uint32_t held = (uint32_t)(chip_now() - held_at);
    if (scheduler->passed != NULL)
        scheduler->passed(kernel_config.sched, held);
    charged_to = charged + held;
}

/* Work that was put off, piece by piece, and the interrupts that came
 * meanwhile: no series of deferred calls holds up the hardware, nor a process
 * that an event has woken, nor for long any other that can run. True if there
 * is more of it. */
static NOINLINE COLD bool work_do(void)
{
    const struct sched *s = kernel_config.sched;
    process_attend();
    while (deferred_run()) {
        if (UNLIKELY(flash_holds != 0))
            until_flash_is_back();
        chip_service();
        uint64_t now = chip_now();
        if (ktimer_is_due(now))
            ktimer_run(now);
        process_attend();
        uint32_t used = (uint32_t)(now - charged_to);
        if (sched_someone_woke(s, used) ||
            (s->ready != 0 && used >= s->slice / 8))
            return true;
    }
    return false;
}

/* An interrupt took the processor from an app. trap.S calls this with few
 * registers saved, and goes back to the app unless the loop is wanted. */
void kernel_interrupt(uint32_t cause)
{
    if (cause == TRAP_IRQ_TIMER)
        ktime_interrupt();
    else
        chip_service();
}

static COLD void slice_used_up(struct process *p)
{
    p->slices++;
    if (kernel_config.watchdog_ms != 0 &&
        (uint32_t)++p->unyielded * kernel_config.slice_ms >=
            kernel_config.watchdog_ms)
        process_break(p, (struct trap){ FAULT_WATCHDOG, 0 });
}

/* For the one driver that wants to know. */
static COLD void resumed_tell(struct process *p)
{
    for (uint32_t i = 0; i < kernel_config.driver_count; i++) {
        const struct driver *d = &kernel_config.drivers[i];
        if (d->ops->resumed != NULL)
            d->ops->resumed(d->self, p);
    }
}

/* Who has just been running. Cheaper than to remember it: see arch_run. */
static struct process *process_running(void)
{
    return CONTAINER_OF(cpu.current, struct process, context);
}

struct process *kernel_heir;

static inline struct trap process_enter(struct process *p)
{
    if (user_loaded != p)
        user_load(p);
    if (UNLIKELY(p->tell_resumed))
        resumed_tell(p);
    return arch_run(&p->context);
}

/* Each time the app yields and wants nothing but what it asked another one for,
 * that one goes on with its turn. NULL: the turn is over. */
static NOINLINE struct process *heir_next(struct trap why)
{
    struct process *heir = kernel_heir;
    kernel_heir = NULL;
    if (why.cause != TRAP_NONE || cpu.work ||
        process_running()->state == PROCESS_RUNNING ||
        heir->state != PROCESS_RUNNING || heir->stopped)
        return NULL;
    cpu.attention = 0;
    return heir;
}

static struct trap process_run(struct process *p, uint64_t end)
{
    struct trap why;
    ktime_slice(end);
    do {
        why = process_enter(p);
        if (kernel_config.ipc == NULL || LIKELY(kernel_heir == NULL))
            break;
        p = heir_next(why);
    } while (p != NULL);
    return why;
}

/* Charge a turn that ended in any other way to whose it was, and do what follows
 * from it for who was running. */
static void turn_close(uint32_t slot, struct process *p, struct trap why,
                       uint64_t now)
{
    uint32_t used = (uint32_t)(now - charged_to);
    bool expired =
        kernel_config.scheduler->ran(kernel_config.sched, slot, used);
    charged_to = now;
    if (UNLIKELY(trap_is_fault(why)))
        process_break(p, why);
    else if (expired && p->state == PROCESS_RUNNING)
        slice_used_up(p);
}

/* Is there nothing to look after but a time slice that is used up? */
static bool is_straight(struct trap why)
{
    return kernel_config.scheduler->over != NULL &&
           kernel_config.watchdog_ms == 0 && why.cause == TRAP_PREEMPTED &&
           cpu.attention == 0;
}

/* A turn and those that follow it straight: see `over` in sched.h. */
static void turns(struct sched_turn turn)
{
    uint64_t end = turn.ticks == 0 ? UINT64_MAX : charged_to + turn.ticks;
    uint32_t slot = (uint32_t)turn.slot; /* whose time it is */
    for (;;) {
        struct trap why = process_run(kernel_config.slots[slot].process, end);
        struct process *p = process_running();
        uint64_t now = chip_now();
        turn.slot = -1;
        if (is_straight(why))
            turn = kernel_config.scheduler->over(kernel_config.sched, slot);
        if (turn.slot < 0) {
            turn_close(slot, p, why, now);
            return;
        }
        p->slices++;
        charged_to = now;
        end = now + turn.ticks;
        slot = (uint32_t)turn.slot;
    }
}

NORETURN void kernel_run(void)
{
    kernel_seal();
    charged_to = chip_now();
    for (;;) {
        bool more = cpu.work && work_do();
        cpu.attention = 0;
        cpu.work = more;
        struct sched_turn turn =
            kernel_config.scheduler->next(kernel_config.sched);
        if (turn.slot < 0)
            idle();
        else
            turns(turn);
    }
}

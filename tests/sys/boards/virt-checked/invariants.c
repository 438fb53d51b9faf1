/* SPDX-License-Identifier: Apache-2.0 */
/* See invariants.h. */
#include <tests/sys/boards/virt-checked/invariants.h>

#include <arch/riscv32/csr.h>
#include <kernel/process.h>

#define MSTATUS_MPRV (1u << 17)
#define MSTATUS_MIE (1u << 3)

static void must(bool holds, const char *what)
{
    if (!holds)
        panic(what);
}

static bool is_aligned(uint32_t address, uint32_t to)
{
    return address % to == 0;
}

/* ---- one process --------------------------------------------------------------- */

/* A life keeps its flash and the place of its record: as first seen. What is dead
 * may be moved by the loader, or be no more. */
struct place {
    uint32_t flash, flash_end;
    const struct process *record; /* NULL: nothing was seen alive */
};

static struct place places[SCHED_SLOTS_MAX];

static void place_check(const struct process *p, struct place *seen)
{
    const struct place now = { process_flash_start(p), process_flash_end(p),
                               p };
    if (seen->record == NULL || !process_is_live(p))
        *seen = now;
    must(now.flash == seen->flash && now.flash_end == seen->flash_end,
         "invariant: a process has other flash than before");
    must(now.record == seen->record, "invariant: a record has moved");
    must(p->has_block == (process_is_live(p) || p->preparing),
         "invariant: a block without a life, or a life without a block");
}

static uint32_t record_start(struct process *p)
{
    return (uint32_t)(uintptr_t)(process_filter(p) + 1 - p->filter_count) &
           ~15u;
}

static void memory_check(struct process *p)
{
    uint32_t top = p->ram_end;
    if (!p->has_block)
        return;
    must(process_ram_start(p) <= p->app_break,
         "invariant: the break lies below RAM");
    must(p->app_break <= p->grant_break,
         "invariant: the break lies above the grants");
    must(p->grant_break <= top && is_aligned(p->grant_break, 8),
         "invariant: the grants lie in the kernel's records");
    must(p->high_water <= p->app_break,
         "invariant: the break lies below a buffer");
    uint32_t wall = (p->app_break + 3) & ~3u;
    if (wall == process_ram_start(p))
        wall += 4;
    must(p->preparing || protection_end(&p->protection, PROTECTION_RAM) == wall,
         "invariant: the wall does not stand at the break");
    void *const *grant = process_grants(p) + 1 - grant_kinds;
    for (uint32_t i = 0; i < grant_kinds; i++) {
        uint32_t block = (uint32_t)(uintptr_t)grant[i];
        if (block == 0)
            continue;
        must(block >= p->grant_break && block < top && is_aligned(block, 8),
             "invariant: a grant lies elsewhere");
        must(process_is_live(p), "invariant: a dead process has a grant");
    }
}

/* A window shows words below the break of one other process, which lives. */
static void window_check(const struct process *p)
{
    uint32_t start = protection_start(&p->protection, PROTECTION_WINDOW);
    uint32_t end = protection_end(&p->protection, PROTECTION_WINDOW);
    if (start == end)
        return;
    for (uint32_t i = 0; i < kernel_config.slot_count; i++) {
        const struct process *q = kernel_config.slots[i].process;
        if (q != NULL && q != p && process_is_live(q) &&
            start >= process_ram_start(q) && end <= q->app_break)
            return;
    }
    must(false, "invariant: a window shows what nobody shares");
}

/* The grant an event is of, if there is one. Their pointers lie side by side, so
 * each has a place of its own in `known`. */
static const struct grant *grant_of(uint32_t what)
{
    static const struct grant *known[128];
    const struct grant **place = &known[(what >> 18) % ARRAY_COUNT(known)];
    for (uint32_t i = 0; *place == NULL && i < kernel_config.driver_count;
         i++) {
        const struct grant *g = kernel_config.drivers[i].grant;
        if (g != NULL && EVENT_KEY(g, what & 0xFFFF) == what)
            *place = g;
    }
    const struct grant *g = *place;
    return g != NULL && EVENT_KEY(g, what & 0xFFFF) == what ? g : NULL;
}

/* Of a grant this process has, and of a number it has? */
static bool event_is_sound(struct process *p, uint32_t what)
{
    const struct grant *g = grant_of(what);
    return g != NULL && *grant_pointer(g, p) != NULL &&
           (what & 0xFFFF) < g->layout.upcalls;
}

static void queue_check(struct process *p)
{
    must(p->queue_count <= UPCALL_QUEUE && p->queue_first < UPCALL_QUEUE,
         "invariant: more events than the queue holds");
    for (uint32_t n = 0; n < p->queue_count; n++) {
        const struct upcall_event *e =
            &p->queue[(p->queue_first + n) % UPCALL_QUEUE];
        must(event_is_sound(p, e->what),
             "invariant: an event of no driver is queued");
        must(p->state != PROCESS_YIELDED_FOR || p->wait.what != e->what,
             "invariant: the awaited event is in the queue");
    }
}

static void state_check(const struct process *p, bool is_ready)
{
    must(p->state == PROCESS_RUNNING || p->state == PROCESS_YIELDED ||
             p->state == PROCESS_YIELDED_FOR || p->state == PROCESS_FAULTED ||
             p->state == PROCESS_TERMINATED,
         "invariant: a state that there is not");
    must(is_ready == (p->state == PROCESS_RUNNING && !p->stopped),
         "invariant: the scheduler has another idea of who can run");
    must(process_is_live(p) || p->queue_count == 0,
         "invariant: a dead process has events");
    must(p->request == REQUEST_NONE,
         "invariant: a request has not been carried out");
}

static void process_check(struct process *p, uint32_t slot, bool is_ready)
{
    must(process_slot(p) == slot && p->pid.handle >> 8 != 0 &&
             p->pid.handle >> 8 == kernel_config.slots[slot].generation,
         "invariant: a handle is not its slot's");
    place_check(p, &places[slot]);
    memory_check(p);
    window_check(p);
    state_check(p, is_ready);
    if (process_is_live(p))
        queue_check(p);
}

/* ---- free RAM --------------------------------------------------------------------- */

/* How kernel/ram.c marks free memory. */
struct free_block {
    uint32_t size, next;
};

/* What is taken, lowest first: a block and a record of each process, and the end
 * of RAM. */
struct span {
    uint32_t start, end;
};

static struct span taken[2 * SCHED_SLOTS_MAX + 1];
static uint32_t taken_count;

static void taken_add(uint32_t start, uint32_t end)
{
    uint32_t i = taken_count++;
    for (; i > 0 && taken[i - 1].start > start; i--)
        taken[i] = taken[i - 1];
    taken[i] = (struct span){ start, end };
}

static void taken_find(void)
{
    taken_count = 0;
    for (uint32_t i = 0; i < kernel_config.slot_count; i++) {
        struct process *p = kernel_config.slots[i].process;
        if (p == NULL)
            continue;
        taken_add(record_start(p), (uint32_t)(uintptr_t)(p + 1));
        if (p->has_block)
            taken_add(process_ram_start(p), p->ram_end);
    }
    taken_add(kernel_config.ram_end, kernel_config.ram_end);
}

/* What lies between what is taken is free, each gap a block of the list, which
 * goes on with the next. */
static void free_check(void)
{
    const struct free_block *last = NULL;
    uint32_t at = kernel_config.ram_start;
    taken_find();
    for (uint32_t i = 0; i < taken_count; i++) {
        must(taken[i].start >= at, "invariant: two have the same RAM");
        if (taken[i].start > at) {
            const struct free_block *b =
                (const struct free_block *)(uintptr_t)at;
            must(b->size == taken[i].start - at &&
                     (last == NULL || last->next == at),
                 "invariant: the list of free RAM is damaged");
            last = b;
        }
        at = taken[i].end;
    }
    must(last == NULL || last->next == kernel_config.ram_end,
         "invariant: the list of free RAM does not end");
}

/* ---- the core ----------------------------------------------------------------------- */

static bool is_process(const struct process *p)
{
    for (uint32_t i = 0; i < kernel_config.slot_count; i++)
        if (kernel_config.slots[i].process == p)
            return true;
    return false;
}

static void wall_check(void)
{
    must((csr_read(mstatus) & (MSTATUS_MPRV | MSTATUS_MIE)) == 0,
         "invariant: MPRV or interrupts are on in the kernel");
    if (user_loaded == NULL) {
        must(csr_read(pmpcfg0) == 0, "invariant: a wall is up for nobody");
        return;
    }
    must(is_process(user_loaded), "invariant: a wall is up for a stranger");
    const struct pmp_image *image = &user_loaded->protection.image;
    must(csr_read(pmpcfg0) == image->cfg[0] &&
             (csr_read(pmpcfg1) & 0xFFFF) == image->cfg[1] &&
             csr_read(pmpaddr0) == image->addr[0] &&
             csr_read(pmpaddr1) == image->addr[1] &&
             csr_read(pmpaddr2) == image->addr[2] &&
             csr_read(pmpaddr3) == image->addr[3] &&
             (image->cfg[1] == 0 || (csr_read(pmpaddr4) == image->addr[4] &&
                                     csr_read(pmpaddr5) == image->addr[5])),
         "invariant: the wall is not the process' own");
}

void invariants_check(const struct sched *s)
{
    for (uint32_t slot = 0; slot < kernel_config.slot_count; slot++) {
        struct process *p = kernel_config.slots[slot].process;
        bool is_ready = (s->ready >> slot & 1) != 0;
        if (p != NULL)
            process_check(p, slot, is_ready);
        else
            must(!is_ready, "invariant: an empty slot is ready");
        if (p == NULL || !process_is_live(p))
            places[slot].record = NULL;
    }
    free_check();
    wall_check();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a process: made, started, blocked and woken, ended, restarted.
 *
 * Requests to end or restart a process are only noted by whoever makes them
 * (an exit call, the operator, a driver with that authority) and carried out
 * by the kernel's loop, so no call ever returns into a process that has become
 * another one meanwhile. */
#include <kernel/log.h>
#include <kernel/process.h>
#include <kernel/ram.h>
#include <kernel/report.h>
#include <kernel/string.h>

#define GENERATION_MAX 0xFFFFFFu
#define BACKOFF_DOUBLINGS 6
/* Accessible from the first instruction on, before the app sets its break. */
#define FIRST_BREAK 16u

static struct ram app_ram;
static bool requests_pending;
static void (*end_notify)(void);

void process_on_end(void (*notify)(void))
{
    end_notify = notify;
}

/* ---- handles --------------------------------------------------------------- */

pid_handle_t process_pid(const struct process *p)
{
    return p->pid;
}

/* The record a handle names, alive or dead. */
static struct process *process_of(pid_handle_t pid)
{
    uint32_t slot = pid.handle & 0xFF;
    struct process *p = NULL;
    if (pid.handle != 0 && slot < kernel_config.slot_count)
        p = kernel_config.slots[slot].process;
    return p != NULL && pid_equal(p->pid, pid) ? p : NULL;
}

struct process *process_find(pid_handle_t pid)
{
    struct process *p = process_of(pid);
    return p != NULL && process_is_live(p) ? p : NULL;
}

/* A new life in that slot; false when its handles are used up. */
static bool pid_next(uint32_t slot, pid_handle_t *out)
{
    struct process_slot *s = &kernel_config.slots[slot];
    if (s->generation >= GENERATION_MAX)
        return false;
    s->generation++;
    out->handle = s->generation << 8 | slot;
    return true;
}

/* ---- running and blocked --------------------------------------------------- */

err_t process_wake(struct process *p)
{
    p->state = PROCESS_RUNNING;
    if (!p->stopped)
        sched_wake(kernel_config.sched, process_slot(p));
    kernel_reschedule();
    return OK;
}

void process_block(struct process *p, enum process_state state)
{
    p->state = (uint8_t)state;
    sched_block(kernel_config.sched, process_slot(p));
    kernel_reschedule();
}

void process_set_break(struct process *p, uint32_t app_break)
{
    uint32_t ram = process_ram_start(p);
    uint32_t end = (app_break + 3) & ~3u;
    if (end == ram)
        end += 4; /* an empty region would keep no bounds */
    p->app_break = app_break;
    p->zeroed_to = app_break;
    uint32_t window = protection_start(&p->protection, PROTECTION_WINDOW);
    uint32_t window_end = protection_end(&p->protection, PROTECTION_WINDOW);
    err_t e = protection_set(&p->protection, process_flash_start(p),
                             process_flash_end(p), ram, end);
    if (kernel_config.ipc != NULL && window_end != 0 && e == OK)
        e = protection_window(&p->protection, window, window_end);
    kassert(e == OK); /* same regions, a break inside the block */
    if (user_loaded == p)
        user_load(p);
}

void process_tell_resumed(struct process *p, bool tell)
{
    p->tell_resumed = tell;
}

/* ---- start and end ---------------------------------------------------------- */

static void registers_set(struct process *p, const struct tbf *tbf)
{
    uint32_t flash = process_flash_start(p);
    uint32_t ram = process_ram_start(p);
    uint32_t *x = p->context.x;
    memset(&p->context, 0, sizeof p->context);
    x[CONTEXT_PC] = flash + tbf->init_offset;
    x[CONTEXT_SP] = ram;
    x[CONTEXT_A0] = flash + p->protected_size;
    x[CONTEXT_A0 + 1] = ram;
    x[CONTEXT_A0 + 2] = p->ram_end - ram;
    x[CONTEXT_A0 + 3] = p->app_break;
}

/* Everything that one life leaves behind is gone before the next. */
static void memory_reset(struct process *p, const uint8_t *flash,
                         const struct tbf *tbf)
{
    uint32_t first_break = process_ram_start(p) + FIRST_BREAK;
    void **grants = process_grants(p) + 1 - grant_kinds;
    memset(grants, 0, grant_kinds * sizeof(void *));
    filter_copy(p, flash, tbf);
    p->grant_break =
        (uint32_t)(uintptr_t)(process_filter(p) + 1 - p->filter_count) & ~7u;
    p->high_water = 0;
    p->queue_first = p->queue_count = 0;
    p->debug_stack = p->debug_heap = 0;
    p->dropped = 0;
    p->unyielded = 0;
    p->slices = 0;
    p->hears = false;
    memset((void *)(uintptr_t)process_ram_start(p), 0, FIRST_BREAK);
    process_set_break(p, first_break);
}

/* Begin a life. The record's flash, RAM and slot are set already. */
static bool process_start(struct process *p, uint32_t slot,
                          const struct tbf *tbf)
{
    if (!pid_next(slot, &p->pid))
        return false;
    const uint8_t *flash = (const uint8_t *)(uintptr_t)process_flash_start(p);
    memory_reset(p, flash, tbf);
    registers_set(p, tbf);
    p->request = REQUEST_NONE;
    p->report_pending = false;
    p->stopped = false;
    p->tell_resumed = false;
    p->state = PROCESS_RUNNING;
    sched_ready(kernel_config.sched, slot);
    kernel_reschedule();
    return true;
}

/* Drivers forget it, its grants go, its queue empties. The record stays. */
static void process_end(struct process *p, enum process_state state)
{
    for (uint32_t i = 0; i < kernel_config.driver_count; i++) {
        const struct driver *d = &kernel_config.drivers[i];
        if (d->grant != NULL && d->ops->gone != NULL &&
            GRANT_OF(p, d->grant->index) != NULL)
            d->ops->gone(d->self, p);
    }
    if (kernel_config.ipc != NULL)
        ipc_ended(p);
    for (uint32_t i = 0; i < grant_kinds; i++)
        GRANT_OF(p, i) = NULL;
    p->state = (uint8_t)state;
    p->stopped = false;
    p->request = REQUEST_NONE;
    p->queue_count = 0;
    memset(&p->restart_timer, 0, sizeof p->restart_timer);
    sched_block(kernel_config.sched, process_slot(p));
    kernel_reschedule();
    if (end_notify != NULL)
        end_notify();
}

static void process_restart(struct process *p)
{
    struct tbf tbf;
    uint32_t flash = process_flash_start(p);
    uint32_t slot = process_slot(p);
    if (process_is_live(p))
        process_end(p, PROCESS_TERMINATED);
    else if (p->state == PROCESS_FAULTED)
        ktimer_disarm(&p->restart_timer);
    p->request = REQUEST_NONE;
    user_drop();
    if (tbf_parse((const uint8_t *)(uintptr_t)flash,
                  process_flash_end(p) - flash, &tbf) != TBF_OK ||
        !process_start(p, slot, &tbf)) {
        klog(LOG_ERROR, "process %u can not start again",
             (unsigned)p->pid.handle);
        return;
    }
    if (p->restarts < UINT16_MAX)
        p->restarts++;
}

/* ---- faults ------------------------------------------------------------------ */

static void restart_due(struct ktimer *timer)
{
    struct process *p = CONTAINER_OF(timer, struct process, restart_timer);
    process_ask(p, REQUEST_RESTART);
}

/* What the board's policy wants once the fault has been reported. */
static void fault_follow_up(struct process *p)
{
    const struct fault_policy *policy = &kernel_config.fault;
    if (policy->action != FAULT_RESTART ||
        (policy->limit != 0 && p->restarts >= policy->limit))
        return;
    uint32_t doublings =
        p->restarts < BACKOFF_DOUBLINGS ? p->restarts : BACKOFF_DOUBLINGS;
    uint32_t ms = (uint32_t)policy->backoff_ms << doublings;
    p->restart_timer.fire = restart_due;
    ktimer_arm(&p->restart_timer, ktime_now() + ktime_of_ms(ms));
}

void process_break(struct process *p, struct trap why)
{
    p->report_pending = end_notify != NULL;
    process_end(p, PROCESS_FAULTED);
    p->fault = why;
    if (kernel_config.fault.action == FAULT_PANIC)
        panic("an app faulted and the board's policy is to panic");
    if (end_notify == NULL)
        fault_follow_up(p);
}

uint32_t process_report_due(void)
{
    uint32_t slot = 0;
    while (slot < kernel_config.slot_count &&
           (kernel_config.slots[slot].process == NULL ||
            !kernel_config.slots[slot].process->report_pending))
        slot++;
    return slot;
}

void process_report_done(uint32_t slot)
{
    struct process *p = kernel_config.slots[slot].process;
    if (p == NULL || !p->report_pending)
        return;
    p->report_pending = false;
    fault_follow_up(p);
}

/* ---- requests ------------------------------------------------------------------ */

void process_ask(struct process *p, enum process_request request)
{
    p->request = (uint8_t)request;
    requests_pending = true;
    kernel_work();
}

static void request_carry_out(struct process *p)
{
    switch ((enum process_request)p->request) {
    case REQUEST_FAULT:
        process_break(p, p->fault);
        break;
    case REQUEST_TERMINATE:
        process_end(p, PROCESS_TERMINATED);
        break;
    case REQUEST_RESTART:
        process_restart(p);
        break;
    case REQUEST_NONE:
        break;
    }
}

void process_attend(void)
{
    if (!requests_pending)
        return;
    requests_pending = false;
    for (uint32_t i = 0; i < kernel_config.slot_count; i++) {
        struct process *p = kernel_config.slots[i].process;
        if (p != NULL && p->request != REQUEST_NONE)
            request_carry_out(p);
    }
}

/* ---- power over processes -------------------------------------------------------- */

/* Why an order for `p` is refused, which wants it live, or dead. */
static err_t order_check(const struct process *p, bool live)
{
    if (p == NULL)
        return ERR_NODEVICE;
    return process_is_live(p) == live ? OK : ERR_INVAL;
}

err_t process_stop(pid_handle_t pid)
{
    struct process *p = process_of(pid);
    err_t e = order_check(p, true);
    if (e != OK)
        return e;
    if (p->stopped)
        return ERR_INVAL;
    p->stopped = true;
    sched_block(kernel_config.sched, process_slot(p));
    kernel_reschedule();
    return OK;
}

err_t process_resume(pid_handle_t pid)
{
    struct process *p = process_of(pid);
    err_t e = order_check(p, true);
    if (e != OK)
        return e;
    if (!p->stopped)
        return ERR_INVAL;
    p->stopped = false;
    if (p->state == PROCESS_RUNNING)
        sched_ready(kernel_config.sched, process_slot(p));
    kernel_reschedule();
    return OK;
}

err_t process_fault(pid_handle_t pid)
{
    struct process *p = process_of(pid);
    err_t e = order_check(p, true);
    if (e != OK)
        return e;
    p->fault = (struct trap){ FAULT_ORDERED, 0 };
    process_ask(p, REQUEST_FAULT);
    return OK;
}

err_t process_terminate(pid_handle_t pid)
{
    struct process *p = process_of(pid);
    err_t e = order_check(p, true);
    if (e != OK)
        return e;
    p->completion = 0;
    process_ask(p, REQUEST_TERMINATE);
    return OK;
}

err_t process_boot(pid_handle_t pid)
{
    struct process *p = process_of(pid);
    err_t e = order_check(p, false);
    if (e != OK)
        return e;
    if (p->report_pending)
        return ERR_BUSY;
    process_ask(p, REQUEST_RESTART);
    return OK;
}

/* ---- making one ------------------------------------------------------------------ */

const char *load_error_text(enum load_error e)
{
    return text_pick("loaded\0"
                     "no free process slot\0"
                     "not enough RAM\0"
                     "linked for another address\0"
                     "its fixed RAM is not app RAM\0"
                     "its fixed RAM is taken\0"
                     "needs another kernel version\0"
                     "more than 255 permissions\0"
                     "its header is too long",
                     (uint32_t)e);
}

static uint32_t slot_free(void)
{
    uint32_t i = 0;
    while (i < kernel_config.slot_count &&
           (kernel_config.slots[i].process != NULL ||
            kernel_config.slots[i].generation >= GENERATION_MAX))
        i++;
    return i;
}

void process_init(void)
{
    uint32_t start = kernel_config.ram_start;
    ram_init(&app_ram, start, kernel_config.ram_end, (void *)(uintptr_t)start,
             kernel_config.reserved, kernel_config.reserved_cap);
}

/* The kernel's part of a process' RAM before any grant. */
static uint32_t kernel_part(uint32_t filters)
{
    return (uint32_t)(sizeof(struct process) + grant_kinds * sizeof(void *) +
                      filters * sizeof(struct filter_entry));
}

/* Its whole block. Cannot overflow: minimum_ram is bounded by the pool. */
static uint32_t block_size(const struct tbf *tbf, uint32_t filters)
{
    uint32_t size = tbf->minimum_ram + kernel_part(filters) + FIRST_BREAK;
    return (size + RAM_UNIT - 1) & ~(RAM_UNIT - 1);
}

/* RAM for an app that needs r->wanted bytes in all: at its fixed address, or
 * wherever it fits. */
static void ram_place(struct load_report *r, uint32_t *start,
                      const struct tbf *tbf, enum ram_reserve_use use)
{
    if (tbf->fixed_ram == TBF_NO_ADDRESS) {
        r->actual = ram_largest(&app_ram);
        if (ram_alloc(&app_ram, start, r->wanted, RAM_UNIT, use) != OK)
            r->error = LOAD_NO_RAM;
        return;
    }
    *start = r->actual = tbf->fixed_ram;
    err_t e = ram_alloc_at(&app_ram, *start, r->wanted);
    if (e != OK)
        r->error = e == ERR_BUSY ? LOAD_RAM_TAKEN : LOAD_RAM_OUTSIDE;
}

/* Everything that speaks against making this process; takes nothing. */
static void load_check(struct load_report *r, uint32_t flash,
                       const struct tbf *tbf)
{
    uint32_t filters = filter_entries(tbf);
    uint32_t pool = kernel_config.ram_end - kernel_config.ram_start;
    r->error = LOAD_OK;
    if (!tbf_kernel_fits(tbf)) {
        r->error = LOAD_KERNEL_VERSION;
        r->wanted = (uint32_t)tbf->kernel_major << 16 | tbf->kernel_minor;
        r->actual = ABI_KERNEL_MAJOR << 16 | ABI_KERNEL_MINOR;
    } else if (tbf->fixed_flash != TBF_NO_ADDRESS &&
               flash + tbf->protected_size != tbf->fixed_flash) {
        r->error = LOAD_WRONG_FLASH;
        r->wanted = tbf->fixed_flash;
        r->actual = flash + tbf->protected_size;
    } else if (filters > UINT8_MAX) {
        r->error = LOAD_BAD_PERMISSIONS;
        r->wanted = 0;
        r->actual = filters;
    } else if (tbf->header_size > TBF_HEADER_MAX) {
        r->error = LOAD_LONG_HEADER;
        r->wanted = tbf->header_size;
        r->actual = TBF_HEADER_MAX;
    } else {
        r->wanted = tbf->minimum_ram;
        r->actual = pool;
        if (r->wanted > pool)
            r->error = LOAD_NO_RAM;
        else
            r->wanted = block_size(tbf, filters);
    }
}

struct load_report process_reserve(uint32_t flash, const struct tbf *tbf)
{
    struct load_report r = { 0 };
    load_check(&r, flash, tbf);
    if (r.error != LOAD_OK || tbf->fixed_ram == TBF_NO_ADDRESS)
        return r;
    r.actual = tbf->fixed_ram;
    err_t e = ERR_INVAL; /* an address that no block begins at */
    if (tbf->fixed_ram % RAM_UNIT == 0)
        e = ram_reserve(&app_ram, tbf->fixed_ram, r.wanted);
    if (e != OK)
        r.error = e == ERR_BUSY    ? LOAD_RAM_TAKEN
                  : e == ERR_NOMEM ? LOAD_NO_SLOT
                                   : LOAD_RAM_OUTSIDE;
    return r;
}

/* The record, at the top of its block, and its first life. Can not fail: all
 * was checked before. */
static struct process *process_make(uint32_t slot, uint32_t ram, uint32_t size,
                                    uint32_t flash, const struct tbf *tbf)
{
    struct process *p =
        (struct process *)(uintptr_t)(ram + size - sizeof(struct process));
    memset(p, 0, sizeof *p);
    p->ram_end = ram + size;
    p->protected_size = tbf->protected_size;
    err_t e = protection_set(&p->protection, flash, flash + tbf->total_size,
                             ram, ram + FIRST_BREAK);
    bool is_started = process_start(p, slot, tbf);
    kassert(e == OK && is_started);
    kernel_config.slots[slot].process = p;
    return p;
}

struct load_report process_load(uint32_t flash, const struct tbf *tbf,
                                bool keep_reserved)
{
    struct load_report r = { 0 };
    uint32_t ram, slot = slot_free();
    user_drop();
    load_check(&r, flash, tbf);
    if (r.error == LOAD_OK && slot == kernel_config.slot_count)
        r.error = LOAD_NO_SLOT;
    if (r.error == LOAD_OK)
        ram_place(&r, &ram, tbf,
                  keep_reserved ? RAM_KEEP_RESERVED : RAM_USE_RESERVED);
    if (r.error == LOAD_OK)
        r.pid = process_make(slot, ram, r.wanted, flash, tbf)->pid;
    return r;
}

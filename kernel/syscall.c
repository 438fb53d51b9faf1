/* SPDX-License-Identifier: Apache-2.0 */
/* System calls other than command (driver.c) and memop (memop.c). trap.S calls
 * the handlers with the app's a0 to a3 and the process; what they return goes
 * into a0 and a1. Every refusal comes before anything has changed. */
#include <kernel/process.h>

static const struct sysret KEEP = { SYSRET_KEEP, 0 };

struct sysret sysret_2u32(struct process *p, uint32_t v0, uint32_t v1)
{
    p->context.x[CONTEXT_A0 + 2] = v1;
    return (struct sysret){ SYSRET_SUCCESS_2U32, v0 };
}

struct sysret sysret_u64(struct process *p, uint64_t value)
{
    p->context.x[CONTEXT_A0 + 2] = (uint32_t)(value >> 32);
    return (struct sysret){ SYSRET_SUCCESS_U64, (uint32_t)value };
}

struct sysret sysret_3u32(struct process *p, uint32_t v0, uint32_t v1,
                          uint32_t v2)
{
    p->context.x[CONTEXT_A0 + 2] = v1;
    p->context.x[CONTEXT_A0 + 3] = v2;
    return (struct sysret){ SYSRET_SUCCESS_3U32, v0 };
}

struct sysret sysret_failure_2u32(struct process *p, err_t error, uint32_t v0,
                                  uint32_t v1)
{
    p->context.x[CONTEXT_A0 + 2] = v0;
    p->context.x[CONTEXT_A0 + 3] = v1;
    return (struct sysret){ SYSRET_FAILURE_2U32, (uint32_t)error };
}

/* ---- yield ---------------------------------------------------------------- */

static struct sysret yield_no_wait(uint32_t flag, struct process *p)
{
    bool delivered = p->queue_count != 0 && upcall_deliver(p);
    user_put_flag(p, flag, delivered);
    return KEEP;
}

static struct sysret yield_wait(struct process *p)
{
    if (p->queue_count == 0 || !upcall_deliver(p))
        process_block(p, PROCESS_YIELDED);
    return KEEP;
}

static struct sysret yield_wait_for(uint32_t number, uint32_t event,
                                    struct process *p)
{
    const struct grant *g = driver_find(number)->grant;
    bool possible = g != NULL && event < g->layout.upcalls;
    if (possible && upcall_answer(p, g->index, event))
        return KEEP;
    p->wait.driver = number;
    p->wait.number = (uint16_t)(event <= UINT16_MAX ? event : UINT16_MAX);
    p->wait.grant = possible ? g->index : GRANT_NONE;
    process_block(p, PROCESS_YIELDED_FOR);
    return KEEP;
}

/* An unknown kind of yield returns at once, as the ABI's text wants. */
static struct sysret syscall_yield(uint32_t kind, uint32_t a1, uint32_t a2,
                                   uint32_t a3, struct process *p)
{
    (void)a3;
    p->unyielded = 0;
    if (kind == YIELD_NO_WAIT)
        return yield_no_wait(a1, p);
    if (kind == YIELD_WAIT)
        return yield_wait(p);
    if (kind == YIELD_WAIT_FOR)
        return yield_wait_for(a1, a2, p);
    return KEEP;
}

/* ---- subscribe and allow --------------------------------------------------- */

/* The driver for a call that stores something in its grant. */
static err_t storing_driver(uint32_t number, struct process *p,
                            const struct driver **out)
{
    if (UNLIKELY(p->filtered) && !filter_allows_driver(p, number))
        return ERR_NODEVICE;
    *out = driver_find(number);
    return UNLIKELY(*out == &no_driver) ? ERR_NODEVICE : OK;
}

/* Its grant's block, created now if need be. */
static err_t storing_block(const struct driver *d, struct process *p,
                           void **out)
{
    if (d->grant == NULL)
        return ERR_NOMEM;
    *out = grant_block(d->grant, p);
    return *out == NULL ? ERR_NOMEM : OK;
}

/* The upcall's code must lie in memory the app has: its binary or its RAM. */
static bool function_is_own(const struct process *p, uint32_t function)
{
    return function == 0 || user_is_readable(p, function, 4);
}

static struct sysret syscall_subscribe(uint32_t number, uint32_t event,
                                       uint32_t function, uint32_t userdata,
                                       struct process *p)
{
    const struct driver *d;
    void *block;
    err_t e = storing_driver(number, p, &d);
    if (e == OK && !function_is_own(p, function))
        e = ERR_INVAL;
    if (e == OK)
        e = storing_block(d, p, &block);
    if (e == OK && event >= d->grant->layout.upcalls)
        e = ERR_NOSUPPORT;
    if (e != OK)
        return sysret_failure_2u32(p, e, function, userdata);

    struct upcall_slot *slot = grant_upcall(d->grant, block, event);
    const struct upcall_slot old = *slot;
    *slot = (struct upcall_slot){ function, userdata };
    if (p->queue_count != 0)
        upcall_drop(d->grant, p, event);
    return sysret_2u32(p, old.function, old.userdata);
}

/* A buffer in RAM keeps the break above it until the next start. */
static void high_water_raise(struct process *p, uint32_t base, uint32_t len)
{
    uint32_t end = base + len;
    if (len != 0 && end <= p->app_break && base >= process_ram_start(p) &&
        end > p->high_water)
        p->high_water = end;
}

static struct sysret allow_swap(struct process *p, struct uslice *slice,
                                uint32_t base, uint32_t len)
{
    const struct uslice old = *slice;
    *slice = (struct uslice){ { base }, len };
    high_water_raise(p, base, len);
    return sysret_2u32(p, old.base.addr, old.len);
}

static struct sysret syscall_allow_rw(uint32_t number, uint32_t buffer,
                                      uint32_t base, uint32_t len,
                                      struct process *p)
{
    const struct driver *d;
    void *block;
    err_t e = storing_driver(number, p, &d);
    if (e == OK && len != 0 && !user_is_writable(p, base, len))
        e = ERR_INVAL;
    if (e == OK)
        e = storing_block(d, p, &block);
    if (e == OK && buffer >= d->grant->layout.allow_rw)
        e = ERR_NOSUPPORT;
    if (e != OK)
        return sysret_failure_2u32(p, e, base, len);
    return allow_swap(p, grant_allow_rw(d->grant, block, buffer), base, len);
}

static struct sysret syscall_allow_ro(uint32_t number, uint32_t buffer,
                                      uint32_t base, uint32_t len,
                                      struct process *p)
{
    const struct driver *d;
    void *block;
    err_t e = storing_driver(number, p, &d);
    if (e == OK && len != 0 && !user_is_readable(p, base, len))
        e = ERR_INVAL;
    if (e == OK)
        e = storing_block(d, p, &block);
    if (e == OK && buffer >= d->grant->layout.allow_ro)
        e = ERR_NOSUPPORT;
    if (e != OK)
        return sysret_failure_2u32(p, e, base, len);
    return allow_swap(p, grant_allow_ro(d->grant, block, buffer), base, len);
}

/* Userspace-readable allow: the driver keeps the slice itself. */
static struct sysret syscall_allow_ur(uint32_t number, uint32_t buffer,
                                      uint32_t base, uint32_t len,
                                      struct process *p)
{
    const struct driver *d;
    struct uslice slice = { { base }, len };
    err_t e = storing_driver(number, p, &d);
    if (e == OK && len != 0 && !user_is_writable(p, base, len))
        e = ERR_INVAL;
    if (e == OK && d->ops->allow_ur == NULL)
        e = ERR_NOSUPPORT;
    if (e == OK)
        e = d->ops->allow_ur(d->self, p, buffer, &slice);
    if (e != OK)
        return sysret_failure_2u32(p, e, base, len);
    high_water_raise(p, base, len);
    return sysret_2u32(p, slice.base.addr, slice.len);
}

/* ---- exit, and classes there are not --------------------------------------- */

static struct sysret syscall_exit(uint32_t kind, uint32_t code, uint32_t a2,
                                  uint32_t a3, struct process *p)
{
    (void)a2, (void)a3;
    if (kind > EXIT_RESTART)
        return sysret_failure(ERR_NOSUPPORT);
    p->completion = code;
    process_ask(p, kind == EXIT_RESTART ? REQUEST_RESTART : REQUEST_TERMINATE);
    return KEEP;
}

/* Not a refusal but a fault: no app built for this ABI does it. */
struct sysret syscall_unknown_class(uint32_t class, uint32_t a1, uint32_t a2,
                                    uint32_t a3, struct process *p)
{
    (void)a1, (void)a2, (void)a3;
    p->context.x[CONTEXT_PC] -= 4;
    p->fault = (struct trap){ TRAP_ECALL, class };
    process_ask(p, REQUEST_FAULT);
    return KEEP;
}

syscall_handler *const syscall_table[SYSCALL_CLASSES] = {
    [SYSCALL_YIELD] = syscall_yield,
    [SYSCALL_SUBSCRIBE] = syscall_subscribe,
    [SYSCALL_COMMAND] = syscall_command,
    [SYSCALL_ALLOW_RW] = syscall_allow_rw,
    [SYSCALL_ALLOW_RO] = syscall_allow_ro,
    [SYSCALL_MEMOP] = syscall_memop,
    [SYSCALL_EXIT] = syscall_exit,
    [SYSCALL_ALLOW_UR] = syscall_allow_ur,
};

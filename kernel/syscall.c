/* SPDX-License-Identifier: Apache-2.0 */
/* System calls other than yield (upcall.c) and memop (memop.c). trap.S calls
 * the handlers with the app's a0 to a3 and the process; what they return goes
 * into a0 and a1. Every refusal comes before anything has changed. */
#include <kernel/process.h>

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

/* ---- command ------------------------------------------------------------- */

/* With a filter, or past the first place in the index. */
static NOINLINE COLD struct sysret command_slow(uint32_t number,
                                                uint32_t command, uint32_t arg1,
                                                uint32_t arg2,
                                                struct process *p)
{
    if (p->filtered && !filter_allows_command(p, number, command))
        return sysret_failure(ERR_NODEVICE);
    const struct driver *d = driver_find(number);
    return d->ops->command(d->self, command, arg1, arg2, p);
}

/* The command path, all of it: trap.S calls this with the app's a0 to a3, and
 * the driver is entered with its arguments where they are already. */
struct sysret syscall_command(uint32_t number, uint32_t command, uint32_t arg1,
                              uint32_t arg2, struct process *p)
{
    if (kernel_config.lean)
        return command_slow(number, command, arg1, arg2, p);
    const struct driver *d = driver_first(number);
    if (UNLIKELY(p->filtered || d->number != number))
        return command_slow(number, command, arg1, arg2, p);
    return d->ops->command(d->self, command, arg1, arg2, p);
}

/* ---- subscribe and allow ---------------------------------------------------
 *
 * Each has a straight way: driver found at first look, no filter, grant there,
 * numbers and addresses good: then swap. Whatever does not pass goes the long
 * way, which makes the checks again in the order the ABI gives them, creates
 * the grant if that was all, and names the error if not. A lean board has the
 * long way only. */

/* The straight way to the grant's block; NULL sends a call the long way. */
static inline void *block_at_once(uint32_t number, struct process *p,
                                  const struct grant **out)
{
    const struct driver *d = driver_first(number);
    if (UNLIKELY(p->filtered || d->number != number || d->grant == NULL))
        return NULL;
    *out = d->grant;
    return *grant_pointer(d->grant, p);
}

static bool is_refused(uint32_t number, struct process *p)
{
    return p->filtered && !filter_allows_driver(p, number);
}

static err_t block_find(uint32_t number, bool address_is_good,
                        struct process *p, const struct grant **g, void **block)
{
    if (is_refused(number, p))
        return ERR_NODEVICE;
    const struct driver *d = driver_find(number);
    if (d == &no_driver)
        return ERR_NODEVICE;
    if (!address_is_good)
        return ERR_INVAL;
    *g = d->grant;
    *block = d->grant == NULL ? NULL : grant_block(d->grant, p);
    return *block == NULL ? ERR_NOMEM : OK;
}

static struct sysret upcall_swap(struct upcall_slot *slot, uint32_t function,
                                 uint32_t userdata, struct process *p)
{
    const struct upcall_slot old = *slot;
    *slot = (struct upcall_slot){ function, userdata };
    return sysret_2u32(p, old.function, old.userdata);
}

static NOINLINE COLD struct sysret subscribe_long(uint32_t number,
                                                  uint32_t event,
                                                  uint32_t function,
                                                  uint32_t userdata,
                                                  struct process *p)
{
    const struct grant *g;
    void *block;
    bool good = function == 0 || user_is_readable(p, function, 4);
    err_t e = block_find(number, good, p, &g, &block);
    if (!good && !is_refused(number, p))
        e = ERR_INVAL; /* even if there is no such driver, unlike allow */
    if (e == OK && event >= g->layout.upcalls)
        e = ERR_NOSUPPORT;
    if (e != OK)
        return sysret_failure_2u32(p, e, function, userdata);
    upcall_drop(g, p, event);
    return upcall_swap(grant_upcall(block, event), function, userdata, p);
}

/* The upcall's code must lie in memory the app has: its binary, usually. */
static struct sysret syscall_subscribe(uint32_t number, uint32_t event,
                                       uint32_t function, uint32_t userdata,
                                       struct process *p)
{
    const struct grant *g;
    if (kernel_config.lean)
        return subscribe_long(number, event, function, userdata, p);
    void *block = block_at_once(number, p, &g);
    if (UNLIKELY(block == NULL || p->queue_count != 0 ||
                 event >= g->layout.upcalls ||
                 !user_is_in_flash(p, function, 4)))
        return subscribe_long(number, event, function, userdata, p);
    return upcall_swap(grant_upcall(block, event), function, userdata, p);
}

/* A buffer in RAM keeps the break above it until the next start. */
static inline struct sysret allow_swap(struct uslice *slice, uint32_t base,
                                       uint32_t len, struct process *p)
{
    const struct uslice old = *slice;
    *slice = (struct uslice){ { base }, len };
    return sysret_2u32(p, old.base.addr, old.len);
}

static inline void high_water_raise(struct process *p, uint32_t end)
{
    if (end > p->high_water)
        p->high_water = end;
}

/* `is_ro`: for reading only, so the app's binary will do too. */
static NOINLINE COLD struct sysret allow_long(uint32_t number, uint32_t buffer,
                                              uint32_t base, uint32_t len,
                                              struct process *p, bool is_ro)
{
    const struct grant *g;
    void *block;
    bool in_ram = user_is_writable(p, base, len);
    bool good = in_ram || len == 0 || (is_ro && user_is_in_flash(p, base, len));
    err_t e = block_find(number, good, p, &g, &block);
    if (e == OK && !is_ro && ipc_has(g)) {
        if (len != 0 && buffer < kernel_config.slot_count)
            high_water_raise(p, base + len);
        return ipc_allow(buffer, base, len, p);
    }
    if (e == OK && buffer >= (is_ro ? g->layout.allow_ro : g->layout.allow_rw))
        e = ERR_NOSUPPORT;
    if (e != OK)
        return sysret_failure_2u32(p, e, base, len);
    if (len != 0 && in_ram)
        high_water_raise(p, base + len);
    return allow_swap(is_ro ? grant_allow_ro(g, block, buffer)
                            : grant_allow_rw(g, block, buffer),
                      base, len, p);
}

static struct sysret syscall_allow_rw(uint32_t number, uint32_t buffer,
                                      uint32_t base, uint32_t len,
                                      struct process *p)
{
    const struct grant *g;
    if (kernel_config.lean)
        return allow_long(number, buffer, base, len, p, false);
    void *block = block_at_once(number, p, &g);
    if (UNLIKELY(block == NULL || buffer >= g->layout.allow_rw || len == 0 ||
                 !user_is_writable(p, base, len)))
        return allow_long(number, buffer, base, len, p, false);
    high_water_raise(p, base + len);
    return allow_swap(grant_allow_rw(g, block, buffer), base, len, p);
}

static struct sysret syscall_allow_ro(uint32_t number, uint32_t buffer,
                                      uint32_t base, uint32_t len,
                                      struct process *p)
{
    const struct grant *g;
    if (kernel_config.lean)
        return allow_long(number, buffer, base, len, p, true);
    void *block = block_at_once(number, p, &g);
    if (UNLIKELY(block == NULL || buffer >= g->layout.allow_ro || len == 0 ||
                 !user_is_writable(p, base, len)))
        return allow_long(number, buffer, base, len, p, true);
    high_water_raise(p, base + len);
    return allow_swap(grant_allow_ro(g, block, buffer), base, len, p);
}

/* Userspace-readable allow: the driver keeps the slice itself. */
static NOINLINE COLD struct sysret syscall_allow_ur(uint32_t number,
                                                    uint32_t buffer,
                                                    uint32_t base, uint32_t len,
                                                    struct process *p)
{
    const struct driver *d = driver_find(number);
    struct uslice slice = { { base }, len };
    err_t e = OK;
    if (d == &no_driver || is_refused(number, p))
        e = ERR_NODEVICE;
    else if (len != 0 && !user_is_writable(p, base, len))
        e = ERR_INVAL;
    else if (d->ops->allow_ur == NULL)
        e = ERR_NOSUPPORT;
    else
        e = d->ops->allow_ur(d->self, p, buffer, &slice);
    if (e != OK)
        return sysret_failure_2u32(p, e, base, len);
    if (len != 0)
        high_water_raise(p, base + len);
    return sysret_2u32(p, slice.base.addr, slice.len);
}

/* ---- exit, and classes there are not --------------------------------------- */

static COLD struct sysret syscall_exit(uint32_t kind, uint32_t code,
                                       uint32_t a2, uint32_t a3,
                                       struct process *p)
{
    (void)a2, (void)a3;
    if (kind > EXIT_RESTART)
        return sysret_failure(ERR_NOSUPPORT);
    p->completion = code;
    process_ask(p, kind == EXIT_RESTART ? REQUEST_RESTART : REQUEST_TERMINATE);
    return sysret_keep();
}

/* Not a refusal but a fault: no app built for this ABI does it. */
COLD struct sysret syscall_unknown_class(uint32_t class, uint32_t a1,
                                         uint32_t a2, uint32_t a3,
                                         struct process *p)
{
    (void)a1, (void)a2, (void)a3;
    p->context.x[CONTEXT_PC] -= 4;
    p->fault = (struct trap){ TRAP_ECALL, class };
    process_ask(p, REQUEST_FAULT);
    return sysret_keep();
}

/* Not yield, which answers nothing. */
syscall_handler *const syscall_table[SYSCALL_CLASSES] = {
    [SYSCALL_SUBSCRIBE] = syscall_subscribe,
    [SYSCALL_COMMAND] = syscall_command,
    [SYSCALL_ALLOW_RW] = syscall_allow_rw,
    [SYSCALL_ALLOW_RO] = syscall_allow_ro,
    [SYSCALL_MEMOP] = syscall_memop,
    [SYSCALL_EXIT] = syscall_exit,
    [SYSCALL_ALLOW_UR] = syscall_allow_ur,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to app memory. An address from an app is checked against what
 * its process owns, then copied with that process' own rights, so that the
 * hardware checks the kernel a second time where it can. */
#include <kernel/process.h>

const struct process *user_loaded;

void user_load(const struct process *p)
{
    protection_load(&p->protection);
    user_loaded = p;
}

/* The wall must be back before an app runs: through the loop. */
void user_drop(void)
{
    protection_drop();
    user_loaded = NULL;
    kernel_attention();
}

/* Is [base, base + len) inside [start, end)? No sum overflows. */
static inline bool range_inside(uint32_t base, uint32_t len, uint32_t start,
                                uint32_t end)
{
    return base >= start && base <= end && len <= end - base;
}

bool user_is_writable(const struct process *p, uint32_t base, uint32_t len)
{
    return range_inside(base, len, process_ram_start(p), p->app_break);
}

/* Its RAM, or its binary; never the TBF header. */
bool user_is_readable(const struct process *p, uint32_t base, uint32_t len)
{
    return user_is_writable(p, base, len) ||
           range_inside(base, len,
                        process_flash_start(p) + p->protected_size,
                        process_flash_end(p));
}

/* Run one checked copy under `p`'s rights, whoever's are loaded. */
static int copy_as(struct process *p, bool to_app, void *kernel_side,
                   uint32_t app_side, size_t len)
{
    const struct process *before = user_loaded;
    if (before != p)
        user_load(p);
    int denied = to_app ? arch_copy_to_app(app_side, kernel_side, len)
                        : arch_copy_from_app(kernel_side, app_side, len);
    if (before != p) {
        if (before != NULL)
            user_load(before);
        else
            user_drop();
    }
    return denied;
}

err_t user_read(struct process *p, void *to, struct uslice from,
                uint32_t offset, size_t len)
{
    if (offset > from.len || len > from.len - offset)
        return ERR_INVAL;
    uint32_t at = from.base.addr + offset;
    if (len == 0)
        return OK;
    if (!user_is_readable(p, at, len) || copy_as(p, false, to, at, len) != 0)
        return ERR_INVAL;
    return OK;
}

err_t user_write(struct process *p, struct uslice to, uint32_t offset,
                 const void *from, size_t len)
{
    if (offset > to.len || len > to.len - offset)
        return ERR_INVAL;
    uint32_t at = to.base.addr + offset;
    if (len == 0)
        return OK;
    if (!user_is_writable(p, at, len))
        return ERR_INVAL;
    return copy_as(p, true, (void *)(uintptr_t)from, at, len) == 0 ? OK
                                                                   : ERR_INVAL;
}

void user_put_flag(const struct process *caller, uint32_t at, bool flag)
{
    uint8_t byte = flag;
    if (user_is_writable(caller, at, 1) && arch_copy_to_app(at, &byte, 1) != 0)
        return; /* the hardware knows better; nobody is told */
}

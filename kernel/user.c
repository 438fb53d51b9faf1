/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to app memory. An address from an app is checked against what
 * its process owns, then copied with that process' own rights, so that the
 * hardware checks the kernel a second time where it can. */
#include <kernel/process.h>

const struct process *user_loaded;

NOINLINE void user_load(const struct process *p)
{
    protection_load(&p->protection);
    user_loaded = p;
}

/* The wall must be back before an app runs: through the loop. */
void user_drop(void)
{
    protection_drop();
    user_loaded = NULL;
    kernel_reschedule();
}

/* Another process' wall goes up for one copy, and the one there was again. */
static NOINLINE COLD int copy_as(struct process *p, bool to_app,
                                 void *kernel_side, uint32_t app_side,
                                 uint32_t len)
{
    const struct process *before = user_loaded;
    if (!process_is_live(p))
        return 1; /* what was its RAM may be another's by now */
    user_load(p);
    int denied = to_app ? arch_copy_to_app(app_side, kernel_side, len)
                        : arch_copy_from_app(kernel_side, app_side, len);
    if (before != NULL)
        user_load(before);
    else
        user_drop();
    return denied;
}

static inline bool slice_has(struct uslice slice, uint32_t offset, size_t len)
{
    return offset <= slice.len && len <= slice.len - offset;
}

err_t user_read(struct process *p, void *to, struct uslice from,
                uint32_t offset, size_t size)
{
    uint32_t at = from.base.addr + offset;
    uint32_t len = (uint32_t)size;
    if (UNLIKELY(!slice_has(from, offset, size)))
        return ERR_INVAL;
    if (len != 0 && !user_is_readable(p, at, len))
        return ERR_INVAL;
    int denied = LIKELY(user_loaded == p) ? arch_copy_from_app(to, at, len)
                                          : copy_as(p, false, to, at, len);
    return denied ? ERR_INVAL : OK;
}

err_t user_write(struct process *p, struct uslice to, uint32_t offset,
                 const void *from, size_t size)
{
    uint32_t at = to.base.addr + offset;
    uint32_t len = (uint32_t)size;
    if (UNLIKELY(!slice_has(to, offset, size)))
        return ERR_INVAL;
    if (len != 0 && !user_is_writable(p, at, len))
        return ERR_INVAL;
    int denied = LIKELY(user_loaded == p)
                     ? arch_copy_to_app(at, from, len)
                     : copy_as(p, true, (void *)(uintptr_t)from, at, len);
    return denied ? ERR_INVAL : OK;
}

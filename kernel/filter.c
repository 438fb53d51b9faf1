/* SPDX-License-Identifier: Apache-2.0 */
/* The system-call filter: what an app's Permissions TLV lets it call, copied
 * into its record when it is loaded. */
#include <kernel/process.h>

/* Commands come in windows of 64, one entry each. */
static bool entry_has(const struct filter_entry *e, uint32_t command)
{
    uint32_t half = (command & 32u) != 0 ? e->commands_high : e->commands_low;
    return command / 64 == e->offset && ((half >> (command & 31u)) & 1u) != 0;
}

static NOINLINE bool allows(struct process *p, uint32_t driver, bool any,
                            uint32_t command)
{
    const struct filter_entry *e = process_filter(p);
    for (uint32_t n = p->filter_count; n > 0; n--, e--)
        if (e->driver == driver && (any || entry_has(e, command)))
            return true;
    return false;
}

bool filter_allows_command(struct process *p, uint32_t driver, uint32_t command)
{
    return allows(p, driver, false, command);
}

bool filter_allows_driver(struct process *p, uint32_t driver)
{
    return allows(p, driver, true, 0);
}

uint32_t filter_entries(const struct tbf *tbf)
{
    return tbf->permissions.len / TBF_PERMISSION_SIZE;
}

void filter_copy(struct process *p, const uint8_t *flash, const struct tbf *tbf)
{
    struct tbf_permission permission;
    struct filter_entry *e = process_filter(p);
    _Static_assert(TBF_HEADER_MAX / TBF_PERMISSION_SIZE <= UINT8_MAX,
                   "no header holds more than can be counted");
    p->filter_count = 0;
    p->filtered = tbf->permissions.len != 0 || kernel_config.deny_by_default;
    while (tbf_permission(flash, tbf, p->filter_count, &permission)) {
        *e-- = (struct filter_entry){
            permission.driver,
            permission.offset,
            (uint32_t)permission.commands,
            (uint32_t)(permission.commands >> 32),
        };
        p->filter_count++;
    }
}

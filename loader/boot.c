/* SPDX-License-Identifier: Apache-2.0 */
/* See boot.h. The chain is walked twice: first the RAM of fixed-address apps
 * is set aside, so that nothing placed freely takes it, then all are loaded
 * in the order they have in flash. */
#include <kernel/log.h>
#include <kernel/process_admin.h>
#include <kernel/string.h>
#include <loader/boot.h>

typedef void visit_object(uint32_t flash, enum tbf_error e,
                          const struct tbf *tbf);

static const uint8_t *flash_bytes(uint32_t flash)
{
    return (const uint8_t *)(uintptr_t)flash;
}

/* Bounded: total_size is at least 16 wherever the walk goes on. */
static void chain_walk(uint32_t at, uint32_t end, visit_object *visit)
{
    struct tbf tbf;
    enum tbf_error e;
    do {
        e = tbf_parse(flash_bytes(at), end - at, &tbf);
        visit(at, e, &tbf);
        at += tbf.total_size;
    } while (!tbf_ends_walk(e));
}

static bool is_startable(enum tbf_error e, const struct tbf *tbf)
{
    return e == TBF_OK && !tbf->is_padding &&
           (tbf->flags & TBF_FLAG_ENABLED) != 0;
}

static void object_reserve(uint32_t flash, enum tbf_error e,
                           const struct tbf *tbf)
{
    if (is_startable(e, tbf))
        (void)process_reserve(flash, tbf); /* refusals are told at the load */
}

/* The name as it can be printed, NUL-terminated. */
static const char *object_name(uint32_t flash, const struct tbf *tbf)
{
    static char name[33];
    uint32_t len = tbf->name.len < sizeof name - 1 ? tbf->name.len
                                                   : sizeof name - 1;
    memcpy(name, flash_bytes(flash) + tbf->name.offset, len);
    name[len] = '\0';
    return len == 0 ? "(no name)" : name;
}

static void load_refused(uint32_t flash, const struct tbf *tbf,
                         const struct load_report *r)
{
    klog(LOG_WARN, "%s at 0x%x not started: %s (wanted 0x%x, there is 0x%x)",
         object_name(flash, tbf), (unsigned)flash, load_error_text(r->error),
         (unsigned)r->wanted, (unsigned)r->actual);
}

static void object_load(uint32_t flash, enum tbf_error e,
                        const struct tbf *tbf)
{
    if (e == TBF_END || e == TBF_END_OF_REGION || (e == TBF_OK && tbf->is_padding))
        return;
    if (e != TBF_OK) {
        klog(LOG_WARN, "object at 0x%x not started: %s%s", (unsigned)flash,
             tbf_error_text(e),
             tbf_ends_walk(e) ? "; nothing behind it can be found" : "");
        return;
    }
    if ((tbf->flags & TBF_FLAG_ENABLED) == 0) {
        klog(LOG_INFO, "%s at 0x%x not started: disabled",
             object_name(flash, tbf), (unsigned)flash);
        return;
    }
    struct load_report r = process_load(flash, tbf, true);
    if (r.error != LOAD_OK)
        load_refused(flash, tbf, &r);
}

void loader_boot(uint32_t start, uint32_t end)
{
    chain_walk(start, end, object_reserve);
    chain_walk(start, end, object_load);
}

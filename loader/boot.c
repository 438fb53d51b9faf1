/* SPDX-License-Identifier: Apache-2.0 */
/* See boot.h. The chain is walked twice: first the RAM of fixed-address apps
 * is set aside, so that nothing placed freely takes it, then all are loaded
 * in the order they have in flash. */
#include <kernel/log.h>
#include <kernel/process_admin.h>
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

static void object_load(uint32_t flash, enum tbf_error e, const struct tbf *tbf)
{
    if (e == TBF_END || e == TBF_END_OF_REGION ||
        (e == TBF_OK && tbf->is_padding))
        return;
    if (e != TBF_OK) {
        klog(LOG_WARN, "object at 0x%x not started: %s%s", (unsigned)flash,
             tbf_error_text(e),
             tbf_ends_walk(e) ? "; what follows is lost" : "");
    } else if (!is_startable(e, tbf)) {
        load_refusal_log(LOG_INFO, flash, tbf, "disabled");
    } else {
        struct load_report r = process_load(flash, tbf, true);
        if (r.error != LOAD_OK)
            load_report_log(&r, flash, tbf);
    }
}

void chain_boot(uint32_t start, uint32_t end)
{
    chain_walk(start, end, object_reserve);
    chain_walk(start, end, object_load);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From object to process: what speaks against one, which of two with one
 * identity runs, and its end. The same at boot and later. */
#include <kernel/format.h>
#include <kernel/log.h>
#include <kernel/string.h>
#include <loader/loader_priv.h>

#define RETRY_MS 1u
#define WARNING_MS 10u
#define RESERVE_STEP 4u /* objects looked at in one step */

enum { LOAD_END = 5, BOOT_LOAD = 5 }; /* in their scripts */

/* The kernel's notification comes without an argument. */
static struct loader *the_loader;

/* ---- reports ------------------------------------------------------------------- */

/* What an app is blocked by, by enum block, and behind that what an update is,
 * by enum update_verdict, seen from what it was to be an update of. */
static const char *other_text(uint32_t n)
{
    return text_pick("a newer version\0"
                     "another of the same identity\0"
                     "the one on trial\0"
                     "another app\0"
                     "signed with another key\0"
                     "older than the app it replaces\0"
                     "older than a version that was confirmed\0"
                     "of the same version",
                     n);
}

/* What the verdict says of another text, of what it is about. */
static const char *about_text(const struct loader_report *r)
{
    switch (r->verdict) {
    case LOADER_BAD_OBJECT:
    case LOADER_LOST:
        return tbf_error_text(r->verdict == LOADER_LOST
                                  ? TBF_BAD_TOTAL_SIZE
                                  : (enum tbf_error)r->detail);
    case LOADER_NO_CREDENTIAL:
    case LOADER_REJECTED:
        return accept_text(r->detail);
    case LOADER_BLOCKED:
        return other_text(r->detail - BLOCKED_BY_VERSION);
    case LOADER_NO_UPDATE:
        return other_text(r->detail - UPDATE_OTHER_IDENTITY + BLOCKED_BY_TRIAL);
    case LOADER_OK:
    case LOADER_DISABLED:
    case LOADER_NOT_LOADED:
        break;
    }
    return "";
}

uint32_t loader_report_text(const struct loader_report *r, char *to,
                            uint32_t cap)
{
    const char *how = text_pick("started\0"
                                "%s\0"
                                "%s; the journal knows the next\0"
                                "disabled\0"
                                "%s\0"
                                "%s\0"
                                "blocked by %s at 0x%x\0"
                                "\0"
                                "it is %s",
                                r->verdict);
    if (r->verdict == LOADER_LOST && r->detail == STORE_NONE)
        how = "%s; what follows is lost";
    *to = '\0';
    if (r->verdict == LOADER_NOT_LOADED)
        load_report_text(&r->load, to, cap);
    else
        format(to, cap, how, about_text(r), (unsigned)r->other);
    return (uint32_t)strlen(to);
}

bool is_app(const struct store_object *o)
{
    return o->error == TBF_OK && !o->is_free;
}

/* What was refused is in the log; what the kernel has found is there already
 * in the case of relocation. */
void report_log(struct loader *l)
{
    const struct loader_report *r = &l->result.report;
    const struct store_object *o = &l->object.store;
    uint32_t flash = flash_address(l, r->at);
    char text[96];
    const struct tbf *tbf = is_app(o) ? &o->tbf : NULL;
    if (r->verdict == LOADER_NOT_LOADED) {
        if (r->load.error != LOAD_BAD_RELOCATION || r->load.pid.handle == 0)
            load_report_log(&r->load, flash, tbf);
        return;
    }
    loader_report_text(r, text, sizeof text);
    load_refusal_log(r->verdict == LOADER_DISABLED ? LOG_INFO : LOG_WARN, flash,
                     tbf, text);
}

/* Not inlined: it is called from everywhere, and nothing waits for it. */
NOINLINE void report(struct loader *l, enum loader_verdict verdict,
                     uint32_t detail, uint32_t other)
{
    struct loader_report *r = &l->result.report;
    r->verdict = verdict;
    r->at = l->object.store.at;
    r->detail = detail;
    r->other = other;
}

/* What became of it is known: only the end of the script is left. */
static uint32_t load_skip(struct loader *l)
{
    l->script = &load_script[LOAD_END];
    return STEP_NEXT;
}

static uint32_t load_refuse(struct loader *l, enum loader_verdict verdict,
                            uint32_t detail, uint32_t other)
{
    report(l, verdict, detail, other);
    return load_skip(l);
}

/* ---- who keeps it from running ----------------------------------------------------- */

void candidate_make(const struct loader *l, struct candidate *c,
                    const struct store_object *o)
{
    candidate_with(l, c, o, accept_key(l, o));
}

void candidate_with(const struct loader *l, struct candidate *c,
                    const struct store_object *o, uint32_t key)
{
    identity_make(&c->identity, loader_config(l)->policy->identity,
                  store_bytes(&l->store, o->at), &o->tbf, key);
    c->version = o->tbf.version;
    c->at = o->at;
    c->trial_of = o->trial_of;
    c->replaced_by = o->replaced_by;
}

bool load_is_live(const struct loader *l, uint32_t at)
{
    pid_handle_t pid = load_process(l, at);
    return process_find(pid) != NULL || process_is_starting(pid);
}

/* Another app that wants to run, or does. */
static enum block block_by(const struct loader *l, const struct store_object *o)
{
    struct candidate other;
    if (!is_app(o) || o->at == l->candidate.at)
        return BLOCK_NONE;
    uint32_t key = accept_key(l, &l->object.store), others = accept_key(l, o);
    if (accept_outranks(l, key, others))
        return BLOCK_NONE; /* it says what it likes */
    candidate_with(l, &other, o, others);
    if (o->is_enabled && accept_outranks(l, others, key))
        return process_blocks(&l->candidate.identity, &other.identity);
    enum block b =
        o->is_enabled ? candidate_blocked(&l->candidate, &other) : BLOCK_NONE;
    if (b == BLOCK_NONE && l->candidate.trial_of != o->at &&
        load_is_live(l, o->at))
        b = process_blocks(&l->candidate.identity, &other.identity);
    return b;
}

void report_check(struct loader *l)
{
    enum check_verdict verdict = l->check.verdict;
    report(l,
           verdict == CHECK_NO_CREDENTIAL ? LOADER_NO_CREDENTIAL
                                          : LOADER_REJECTED,
           verdict, l->check.format);
}

static uint32_t load_block(struct loader *l)
{
    struct store_object o;
    if (!store_walk(&l->store, &l->other, &o))
        return STEP_LATER; /* what follows takes stack, as this does */
    enum block b = block_by(l, &o);
    return b == BLOCK_NONE
               ? (uint32_t)STEP_AGAIN
               : load_refuse(l, LOADER_BLOCKED, b, flash_address(l, o.at));
}

/* ---- making a process of it ------------------------------------------------------------ */

static uint32_t load_judge(struct loader *l)
{
    const struct store_object *o = &l->object.store;
    uint32_t next = o->at + o->size;
    l->result.report = (struct loader_report){ 0 };
    if (o->error == TBF_BAD_TOTAL_SIZE)
        return load_refuse(
            l, LOADER_LOST,
            next < store_end(&l->store) && o->size != 0 ? next : STORE_NONE, 0);
    if (o->error != TBF_OK)
        return load_refuse(l, LOADER_BAD_OBJECT, o->error, 0);
    if (!o->is_enabled)
        return load_refuse(l, LOADER_DISABLED, 0, 0);
    return accept_check(l, o);
}

static uint32_t load_checked(struct loader *l)
{
    const struct store_object *o = &l->object.store;
    if (!accept_take(l, o)) {
        report_check(l);
        return load_skip(l);
    }
    candidate_make(l, &l->candidate, o);
    l->other = STORE_NONE;
    if (identity_is_unique(&l->candidate.identity) &&
        o->replaced_by == STORE_NONE)
        l->script++; /* nobody is like it */
    return STEP_NEXT;
}

static NOINLINE void load_made(struct loader *l, const struct load_report *made)
{
    l->result.report.load = *made;
    report(l, made->error == LOAD_OK ? LOADER_OK : LOADER_NOT_LOADED,
           made->error, 0);
    l->pid = PID_NONE;
}

static uint32_t load_make(struct loader *l)
{
    const struct store_object *o = &l->object.store;
    struct load_report made =
        process_load(flash_address(l, o->at), &o->tbf, l->op == LOADER_BOOT);
    l->pid = made.pid;
    if (made.error == LOAD_OK && process_is_starting(made.pid))
        return STEP_WAIT; /* for prepared() */
    load_made(l, &made);
    return STEP_NEXT;
}

static uint32_t load_end(struct loader *l)
{
    if (l->result.report.verdict != LOADER_OK)
        report_log(l);
    if (l->op != LOADER_BOOT)
        return STEP_DONE;
    if (loader_config(l)->reported != NULL)
        loader_config(l)->reported(&l->result.report);
    l->script = &boot_script[BOOT_LOAD];
    return STEP_LATER;
}

loader_step *const load_script[] = { load_judge, accept_go, load_checked,
                                     load_block, load_make, load_end };

/* Its RAM is made, or it could not be. */
static void prepared(const struct load_report *load)
{
    struct loader *l = the_loader;
    if (l->pid.handle == 0 || !pid_equal(load->pid, l->pid))
        return;
    load_made(l, load);
    loader_go_on(l);
}

/* ---- its end ---------------------------------------------------------------------------- */

pid_handle_t load_process(const struct loader *l, uint32_t at)
{
    for (uint32_t slot = 0; slot < process_slots(); slot++) {
        pid_handle_t pid = process_in_slot(slot);
        if (pid.handle != 0 && process_flash(pid) == flash_address(l, at))
            return pid;
    }
    return PID_NONE;
}

static void on_retry(struct ktimer *timer)
{
    loader_later(CONTAINER_OF(timer, struct loader, retry));
}

uint32_t loader_retry(struct loader *l)
{
    l->script--;
    ktimer_arm_ms(&l->retry, RETRY_MS);
    return STEP_WAIT;
}

/* The loop carries out the order; a fault is reported first. */
uint32_t stop(struct loader *l)
{
    pid_handle_t pid = load_process(l, l->other);
    if (pid.handle == 0 || process_forget(pid) == OK)
        return STEP_NEXT;
    (void)process_terminate(pid); /* refused if it is dead */
    return loader_retry(l);
}

/* ---- boot ---------------------------------------------------------------------------------- */

enum { SAMPLES = 64 };

/* A removed object keeps its size and nothing else. Of others not all of these
 * bytes are zero, though the first may be, where a header is padded. */
static bool is_removed(struct loader *l, const struct store_object *o)
{
    const uint8_t *base = loader_bytes(l, o->at);
    uint32_t header =
        base[TBF_AT_HEADER_SIZE] | (uint32_t)base[TBF_AT_HEADER_SIZE + 1] << 8;
    if (o->error != TBF_BAD_CHECKSUM || header >= o->size || header % 4 != 0)
        return false;
    uint32_t step = (o->size - header + SAMPLES - 1) / SAMPLES;
    for (uint32_t i = header; i < o->size; i += step)
        if (base[i] != 0)
            return false;
    return true;
}

/* RAM of fixed-address apps is set aside first, so that nothing placed freely
 * takes it; then all are loaded in the order they have in flash. */
static uint32_t boot_reserve(struct loader *l)
{
    struct store_object *o = &l->object.store; /* the first one stays there */
    struct store_object later;
    for (uint32_t i = 0; i < RESERVE_STEP; i++) {
        if (l->at != STORE_NONE)
            o = &later;
        if (!store_walk(&l->store, &l->at, o)) {
            l->end = o == &later ? l->at : STORE_NONE;
            l->at = STORE_NONE;
            return STEP_LATER;
        }
        if (o != &later)
            l->second = l->at;
        if (is_app(o) && o->is_enabled)
            (void)process_reserve(flash_address(l, o->at), &o->tbf);
    }
    return STEP_AGAIN; /* refusals are told at the load */
}

/* The next object of the walk; false: there are no more. */
static bool boot_walk(struct loader *l)
{
    if (l->at == l->end)
        return false;
    if (l->at != STORE_NONE || l->second == STORE_NONE)
        return store_walk(&l->store, &l->at, &l->object.store);
    l->at = l->second;
    return true;
}

/* Not before the first app: a line on the console takes longer than its start. */
static void on_timer(struct ktimer *warning)
{
    (void)warning;
    klog(LOG_INFO, "this board demands no credentials: whoever reaches its "
                   "loader installs any app");
}

static uint32_t boot_end(struct loader *l)
{
    if (!accept_is_required(l))
        ktimer_arm_ms(&l->warning, WARNING_MS);
    if (loader_config(l)->reported != NULL)
        loader_config(l)->reported(NULL);
    if (l->is_on)
        trial_watch(l);
    return STEP_DONE;
}

static uint32_t boot_load(struct loader *l)
{
    struct store_object *o = &l->object.store;
    if (!boot_walk(l))
        return boot_end(l);
    l->is_on |= o->trial_of != STORE_NONE;
    bool is_object = o->error != TBF_OK ? o->error != TBF_END : is_app(o);
    if (!is_object || is_removed(l, o))
        return STEP_AGAIN;
    l->script = load_script + 1;
    return load_judge(l); /* the first step, at once: the start is measured */
}

/* All are checked before the first starts, for only what is accepted can keep
 * another from running. Refusals are told at the load, too. */
static uint32_t boot_check(struct loader *l)
{
    struct store_object *o = &l->object.store;
    if (accept_checks(l)) {
        l->second = STORE_NONE; /* no longer there */
        if (store_walk(&l->store, &l->at, o)) {
            if (is_app(o) && o->is_enabled)
                return accept_check(l, o);
            return STEP_AGAIN;
        }
        l->at = STORE_NONE;
    }
    l->script = &boot_script[BOOT_LOAD + 1];
    return boot_load(l);
}

static uint32_t boot_checked(struct loader *l)
{
    (void)accept_take(l, &l->object.store);
    l->script -= 2;
    return STEP_AGAIN;
}

static uint32_t boot_mounted(struct loader *l)
{
    l->at = STORE_NONE;
    l->is_mounted = l->store_e == OK;
    return l->is_mounted ? STEP_NEXT
                         : boot_end(l); /* nobody knows what is there */
}

loader_step *const boot_script[] = { boot_mounted, boot_reserve, boot_check,
                                     accept_go,    boot_checked, boot_load };
void load_init(struct loader *l)
{
    the_loader = l;
    l->retry.fire = on_retry;
    l->warning.fire = on_timer;
    process_on_prepared(prepared);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How a process comes to be and how each of its lives begins: what speaks
 * against it, the record, RAM, what stands in RAM and registers.
 *
 * The RAM of an app that may lie anywhere is made by the relocation engine
 * (pic/reloc.h), in steps, one process after the other, as deferred work: how
 * long the kernel keeps interrupts off does not depend on the app. */
#include <kernel/format.h>
#include <kernel/log.h>
#include <kernel/process.h>
#include <kernel/ram.h>
#include <kernel/report.h>
#include <kernel/string.h>
#include <kernel/trace.h>
#include <pic/reloc.h>

#define GENERATION_MAX 0xFFFFFFu
/* Accessible from the first instruction on, before the app sets its break. */
#define FIRST_BREAK 16u
/* What one step of preparing an app's RAM does. */
#define STEP_WORDS 512u
#define STEP_ZERO 1024u
#define STEP_CODE 2048u

static struct ram app_ram;

/* One process at a time has its RAM made; the others wait with p->preparing. */
static struct {
    struct deferred step;
    struct process *process; /* NULL: nobody's RAM is being made */
    struct reloc_job job;
    uint32_t copied;         /* of its TBF, where that is to be in RAM */
    uint32_t zero, zero_end; /* to be zeroed before anything else */
    bool is_relocated;       /* else its RAM is its own business */
    enum reloc_error error;
    uint32_t entry;
} preparation;

static void prepare_step(struct deferred *step);

void process_init(void)
{
    preparation.step.run = prepare_step;
    uint32_t start = kernel_config.ram_start;
    ram_init(&app_ram, start, kernel_config.ram_end, (void *)(uintptr_t)start,
             kernel_config.reserved, kernel_config.reserved_cap);
}

/* ---- reports ------------------------------------------------------------------- */

const char *load_error_text(enum load_error e)
{
    return text_pick("loaded\0"
                     "no free process slot\0"
                     "not enough RAM\0"
                     "linked for another address\0"
                     "its fixed RAM is not app RAM\0"
                     "its fixed RAM is taken\0"
                     "needs another kernel version\0"
                     "its header is too long\0"
                     "relocation\0"
                     "a writeable region in its relocation data",
                     (uint32_t)e);
}

void load_report_text(const struct load_report *r, char *to, uint32_t cap)
{
    const char *error = load_error_text(r->error);
    if (r->error == LOAD_BAD_RELOCATION)
        format(to, cap, "%s: %s (entry %u)", error,
               reloc_error_text((enum reloc_error)r->wanted),
               (unsigned)r->actual);
    else
        format(to, cap, "%s (wanted 0x%x, there is 0x%x)", error,
               (unsigned)r->wanted, (unsigned)r->actual);
}

void load_refusal_log(enum log_level level, uint32_t flash,
                      const struct tbf *tbf, const char *why)
{
    bool has_name = tbf != NULL && tbf->name.len != 0;
    const char *bytes = (const char *)(uintptr_t)flash;
    user_drop();
    klog(level, "%.*s at 0x%x not started: %s",
         has_name ? (int)tbf->name.len : 6,
         has_name ? bytes + tbf->name.offset : "object", (unsigned)flash, why);
}

void load_report_log(const struct load_report *r, uint32_t flash,
                     const struct tbf *tbf)
{
    char why[80];
    load_report_text(r, why, sizeof why);
    trace(TRACE_REFUSE, r->pid, r->error);
    load_refusal_log(LOG_WARN, flash, tbf, why);
}

/* ---- what speaks against it ------------------------------------------------------ */

static const uint8_t *flash_bytes(uint32_t flash)
{
    return (const uint8_t *)(uintptr_t)flash;
}

static void refuse(struct load_report *r, enum load_error error,
                   uint32_t wanted, uint32_t actual)
{
    r->error = error;
    r->wanted = wanted;
    r->actual = actual;
}

/* Where what lies there is executed, if it is not copied: app flash may be code at
 * another address, an app that the kernel carries is not. */
static uint32_t code_of(uint32_t object)
{
    uint32_t size = kernel_config.flash_end - kernel_config.flash_start;
    bool is_in_flash = object - kernel_config.flash_start < size;
    return is_in_flash ? object + kernel_config.flash_code_shift : object;
}

/* A life's block, without a copy of the TBF... */
static uint32_t block_size(const struct tbf *tbf)
{
    uint32_t size = tbf->minimum_ram + FIRST_BREAK;
    return (size + RAM_UNIT - 1) & ~(RAM_UNIT - 1);
}

/* ... and with it. UINT32_MAX: larger than any RAM. */
static uint32_t life_size(const struct tbf *tbf)
{
    uint32_t block = block_size(tbf);
    if (!kernel_config.code_in_ram)
        return block;
    uint32_t code = (tbf->total_size + RAM_UNIT - 1) & ~(RAM_UNIT - 1);
    return code < tbf->total_size || block + code < block ? UINT32_MAX
                                                          : block + code;
}

/* A copy has an address that nobody can be linked for. */
static bool is_linked_elsewhere(uint32_t flash, const struct tbf *tbf)
{
    return tbf->fixed_flash != TBF_NO_ADDRESS &&
           (kernel_config.code_in_ram ||
            code_of(flash) + tbf->protected_size != tbf->fixed_flash);
}

static bool overlaps(const struct tbf_span *span, uint32_t at, uint32_t len)
{
    return span->len != 0 && span->offset < at + len &&
           at < span->offset + span->len;
}

/* What an app writes must not be what the kernel makes its RAM of. False: r
 * says where it is. */
static bool writeable_is_apart(struct load_report *r, uint32_t flash,
                               const struct tbf *tbf, const struct reloc *reloc)
{
    const uint32_t *w = reloc->word;
    const struct tbf_span used[] = {
        { tbf->descriptor, RELOC_DESCRIPTOR_SIZE },
        { w[RELOC_DATA_OFFSET], w[RELOC_DATA_LENGTH] },
        { w[RELOC_TABLE_OFFSET], w[RELOC_TABLE_LENGTH] },
    };
    struct tbf_span span;
    for (uint32_t i = 0; tbf_writeable(flash_bytes(flash), tbf, i, &span); i++)
        for (uint32_t k = 0; k < ARRAY_COUNT(used); k++)
            if (overlaps(&span, used[k].offset, used[k].len)) {
                refuse(r, LOAD_BAD_WRITEABLE, span.offset, used[k].offset);
                return false;
            }
    return true;
}

/* Everything that will always speak against it; takes nothing. If there is
 * nothing r->wanted is the size of a block, and `reloc` what the descriptor
 * says, of an app that has one. */
static void load_check(struct load_report *r, struct reloc *reloc,
                       uint32_t flash, const struct tbf *tbf)
{
    uint32_t pool = kernel_config.ram_end - kernel_config.ram_start;
    uint32_t entry;
    enum reloc_error e = RELOC_OK;
    if (!tbf_kernel_fits(tbf))
        refuse(r, LOAD_KERNEL_VERSION,
               (uint32_t)tbf->kernel_major << 16 | tbf->kernel_minor,
               ABI_KERNEL_MAJOR << 16 | ABI_KERNEL_MINOR);
    else if (is_linked_elsewhere(flash, tbf))
        refuse(r, LOAD_WRONG_FLASH, tbf->fixed_flash,
               code_of(flash) + tbf->protected_size);
    else if (tbf->header_size > TBF_HEADER_MAX)
        refuse(r, LOAD_LONG_HEADER, tbf->header_size, TBF_HEADER_MAX);
    else if (tbf->minimum_ram > pool || life_size(tbf) > pool)
        refuse(r, LOAD_NO_RAM,
               tbf->minimum_ram > pool ? tbf->minimum_ram : life_size(tbf),
               pool);
    else if (tbf->descriptor != 0 &&
             (e = reloc_read(reloc, &entry, flash_bytes(flash), tbf)) !=
                 RELOC_OK)
        refuse(r, LOAD_BAD_RELOCATION, e, entry);
    else if (tbf->descriptor == 0 || !tbf->has_writeable ||
             writeable_is_apart(r, flash, tbf, reloc))
        refuse(r, LOAD_OK, life_size(tbf), pool);
}

static enum load_error fixed_ram_error(err_t e)
{
    return e == ERR_BUSY    ? LOAD_RAM_TAKEN
           : e == ERR_NOMEM ? LOAD_NO_SLOT
                            : LOAD_RAM_OUTSIDE;
}

struct load_report process_reserve(uint32_t flash, const struct tbf *tbf)
{
    struct load_report r = { 0 };
    struct reloc reloc;
    if (tbf->fixed_ram == TBF_NO_ADDRESS)
        return r;
    load_check(&r, &reloc, flash, tbf);
    if (r.error != LOAD_OK)
        return r;
    r.actual = tbf->fixed_ram;
    err_t e = ERR_INVAL; /* an address that no block begins at */
    if (tbf->fixed_ram % RAM_UNIT == 0)
        e = ram_reserve(&app_ram, tbf->fixed_ram, r.wanted);
    if (e != OK)
        r.error = fixed_ram_error(e);
    return r;
}

/* ---- RAM -------------------------------------------------------------------------- */

/* Another place than that of the last life, if there is one: an app that keeps
 * an address where it should not is found out early. The old place's first
 * units are held back meanwhile; how many changes from start to start. */
static err_t block_alloc(const struct process *p, uint32_t *start,
                         uint32_t size, uint32_t align,
                         enum ram_reserve_use use)
{
    err_t e = ram_alloc(&app_ram, start, size, align, use);
    uint32_t last = process_ram_start(p);
    uint32_t held = RAM_UNIT * (1 + p->restarts % 8u);
    if (e != OK || *start != last)
        return e;
    ram_free(&app_ram, last, size);
    if (ram_alloc_at(&app_ram, last, held) == OK) {
        e = ram_alloc(&app_ram, start, size, align, use);
        ram_free(&app_ram, last, held);
        if (e == OK)
            return OK;
    }
    *start = last;
    return ram_alloc_at(&app_ram, last, size);
}

/* A block for an app that needs r->wanted bytes: at its fixed address, or
 * wherever it fits. */
static void block_place(struct load_report *r, const struct process *p,
                        uint32_t *start, uint32_t align, uint32_t fixed,
                        enum ram_reserve_use use)
{
    if (fixed == TBF_NO_ADDRESS) {
        if (block_alloc(p, start, r->wanted, align, use) != OK)
            refuse(r, LOAD_NO_RAM, r->wanted, ram_largest(&app_ram));
        return;
    }
    *start = r->actual = fixed;
    err_t e = ram_alloc_at(&app_ram, fixed, r->wanted);
    if (e != OK)
        r->error = fixed_ram_error(e);
}

/* A TBF of that size, and a block of that size without the copy of it; of no size
 * for who does not live, whose walls are never up. */
static void block_set(struct process *p, uint32_t len, uint32_t ram,
                      uint32_t size)
{
    uint32_t copy = ram + (size != 0 ? size : RAM_UNIT);
    uint32_t code = kernel_config.code_in_ram
                        ? copy + kernel_config.ram_code_shift
                        : code_of(p->object);
    err_t e =
        protection_set(&p->protection, code, code + len, ram, ram + RAM_UNIT);
    kassert(e ==
            OK); /* bounds of a TBF and of a block: in order, multiples of 4 */
    p->ram_end = ram + size;
    p->app_break = ram;
    p->grant_break = p->ram_end;
}

void process_move(struct process *p, uint32_t flash)
{
    uint32_t ram = process_ram_start(p);
    p->object = flash;
    block_set(p, process_flash_end(p) - process_flash_start(p), ram,
              p->ram_end - ram);
}

void process_release(struct process *p)
{
    if (user_loaded == p)
        user_drop();
    if (p->has_block)
        ram_free(&app_ram, process_ram_start(p),
                 p->ram_end - process_ram_start(p) + process_code_ram(p));
    p->has_block = false;
}

/* ---- the first moment of a life ----------------------------------------------------- */

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

/* Everything that one life leaves behind is gone before the next. */
static void record_reset(struct process *p, const uint8_t *flash,
                         const struct tbf *tbf)
{
    void **grants = process_grants(p) + 1 - grant_kinds;
    memset(grants, 0, grant_kinds * sizeof(void *));
    filter_copy(p, flash, tbf);
    p->high_water = 0;
    p->queue_first = p->queue_count = 0;
    p->debug_stack = p->debug_heap = 0;
    p->dropped = 0;
    p->unyielded = 0;
    p->slices = 0;
    p->request = REQUEST_NONE;
    p->report_pending = false;
    p->stopped = false;
    p->tell_resumed = false;
    p->hears = false;
}

/* As syscall-abi has it for an app that makes its RAM itself... */
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
    x[CONTEXT_A0 + 3] = ram + FIRST_BREAK;
}

/* ... and what is different when the kernel has made it. */
static void registers_set_relocated(struct process *p, const uint32_t *w,
                                    uint32_t app_break)
{
    uint32_t ram = process_ram_start(p);
    uint32_t *x = p->context.x;
    x[CONTEXT_SP] = ram + w[RELOC_DATA_AT];
    x[CONTEXT_GP] = ram + w[RELOC_GP];
    x[CONTEXT_TP] = ram + w[RELOC_TP];
    x[CONTEXT_A0 + 3] = ram + app_break;
}

/* RAM and registers are as they should be. The first break stands in a3. */
static void process_go(struct process *p)
{
    arch_code_new();
    process_set_break(p, p->context.x[CONTEXT_A0 + 3]);
    p->has_run = true;
    trace(TRACE_START, p->pid, process_flash_start(p));
    p->state = PROCESS_RUNNING;
    sched_ready(kernel_config.sched, process_slot(p));
    kernel_reschedule();
}

/* ---- RAM that the kernel makes ------------------------------------------------------- */

static void (*prepared_notify)(const struct load_report *report);

void process_on_prepared(void (*notify)(const struct load_report *report))
{
    prepared_notify = notify;
}

static struct process *preparing_next(void)
{
    for (uint32_t i = 0; i < kernel_config.slot_count; i++) {
        struct process *p = kernel_config.slots[i].process;
        if (p != NULL && p->preparing)
            return p;
    }
    return NULL;
}

static void zero_from(uint32_t from, uint32_t to)
{
    preparation.zero = from;
    preparation.zero_end = to;
}

/* It can not be: no trace of it stays in RAM. */
static void prepare_fail(enum reloc_error e)
{
    const struct process *p = preparation.process;
    preparation.error = e;
    zero_from(process_ram_start(p), p->context.x[CONTEXT_A0 + 3]);
}

static void prepare_begin(struct process *p, const struct tbf *tbf,
                          const struct reloc *reloc)
{
    uint32_t ram = process_ram_start(p);
    const struct reloc_place place = {
        .flash = process_object(p),
        .ram = (void *)(uintptr_t)ram,
        .flash_address = process_flash_start(p),
        .ram_address = ram,
        .ram_len = p->grant_break - ram,
    };
    preparation.process = p;
    preparation.copied = 0;
    preparation.is_relocated = tbf->descriptor != 0;
    preparation.error = RELOC_OK;
    zero_from(ram, ram + FIRST_BREAK);
    if (!preparation.is_relocated)
        return;
    zero_from(ram, ram);
    preparation.error =
        reloc_begin(&preparation.job, &preparation.entry, reloc, tbf, &place);
    if (preparation.error != RELOC_OK)
        return;
    registers_set_relocated(p, reloc->word, reloc_break(reloc));
    p->debug_stack = (uint16_t)(reloc->word[RELOC_DATA_AT] / 16 + 1);
    p->debug_heap = (uint16_t)(reloc_break(reloc) / 16 + 1);
    zero_from(ram, ram + reloc->word[RELOC_DATA_AT]);
}

static bool object_parse(const struct process *p, struct tbf *tbf)
{
    return tbf_parse(process_object(p),
                     process_flash_end(p) - process_flash_start(p),
                     tbf) == TBF_OK;
}

/* The next one that waits, from what its flash says now. False: nobody does. */
static bool prepare_next(void)
{
    struct process *p = preparing_next();
    struct tbf tbf;
    struct reloc reloc;
    if (p == NULL)
        return false;
    enum reloc_error e = RELOC_BAD_DESCRIPTOR;
    if (object_parse(p, &tbf))
        e = tbf.descriptor == 0 ? RELOC_OK
                                : reloc_read(&reloc, &preparation.entry,
                                             process_object(p), &tbf);
    preparation.process = p;
    preparation.error = e;
    zero_from(0, 0);
    if (e == RELOC_OK)
        prepare_begin(p, &tbf, &reloc);
    return true;
}

static void prepare_end(void)
{
    struct process *p = preparation.process;
    struct load_report r = { LOAD_OK, 0, 0, p->pid };
    preparation.process = NULL;
    p->preparing = false;
    if (preparation.error == RELOC_OK) {
        process_go(p);
    } else {
        struct tbf tbf;
        refuse(&r, LOAD_BAD_RELOCATION, preparation.error, preparation.entry);
        if (object_parse(p, &tbf))
            load_report_log(&r, p->object, &tbf);
        process_release(p);
    }
    if (prepared_notify != NULL)
        prepared_notify(&r);
}

/* The next piece of the TBF goes to where it is to run. The copy is written where
 * RAM is data. False: all of it is there. */
static bool copy_on(void)
{
    const struct process *p = preparation.process;
    uint32_t len = process_flash_end(p) - process_flash_start(p);
    uint32_t at = preparation.copied;
    if (!kernel_config.code_in_ram || at == len)
        return false;
    uint32_t n = len - at < STEP_CODE ? len - at : STEP_CODE;
    memcpy((void *)(uintptr_t)(p->ram_end + at), process_object(p) + at, n);
    preparation.copied += n;
    return true;
}

/* False: it is done, well or not. */
static bool prepare_on(void)
{
    uint32_t left = preparation.zero_end - preparation.zero;
    if (left != 0) {
        uint32_t len = left < STEP_ZERO ? left : STEP_ZERO;
        memset((void *)(uintptr_t)preparation.zero, 0, len);
        preparation.zero += len;
        return true;
    }
    if (preparation.error != RELOC_OK)
        return false;
    if (copy_on())
        return true;
    if (!preparation.is_relocated)
        return false;
    enum reloc_error e =
        reloc_step(&preparation.job, &preparation.entry, STEP_WORDS);
    if (e != RELOC_OK && e != RELOC_MORE)
        prepare_fail(e);
    return e != RELOC_OK;
}

static void prepare_step(struct deferred *step)
{
    user_drop(); /* app flash is read */
    if (preparation.process != NULL && !prepare_on())
        prepare_end();
    if (preparation.process != NULL || prepare_next())
        deferred_call(step);
}

/* ---- a life begins ----------------------------------------------------------------------- */

/* In a slot that has handles left. A block is found, or r says why not. */
static void life_begin(struct process *p, uint32_t slot, const struct tbf *tbf,
                       const struct reloc *reloc, enum ram_reserve_use use,
                       struct load_report *r)
{
    bool is_relocated = tbf->descriptor != 0;
    uint32_t ram;
    block_place(r, p, &ram,
                is_relocated ? reloc->word[RELOC_RAM_ALIGNMENT] : RAM_UNIT,
                tbf->fixed_ram, use);
    if (r->error == LOAD_OK && !pid_next(slot, &p->pid))
        r->error = LOAD_NO_SLOT;
    if (r->error != LOAD_OK)
        return;
    block_set(p, tbf->total_size, ram, block_size(tbf));
    p->has_block = true;
    p->has_run = false;
    record_reset(p, process_object(p), tbf);
    registers_set(p, tbf);
    if (is_relocated || kernel_config.code_in_ram) {
        p->preparing = true;
        if (preparation.process == NULL)
            prepare_begin(p, tbf, reloc);
        deferred_call(&preparation.step);
        return;
    }
    memset((void *)(uintptr_t)ram, 0, FIRST_BREAK);
    process_go(p);
}

bool process_start(struct process *p)
{
    struct load_report r = { 0 };
    struct tbf tbf;
    struct reloc reloc;
    uint32_t slot = process_slot(p);
    user_drop();
    if (!object_parse(p, &tbf)) {
        klog(LOG_ERROR, "process %u can not start again: its flash has changed",
             (unsigned)p->pid.handle);
        return false;
    }
    load_check(&r, &reloc, p->object, &tbf);
    if (kernel_config.slots[slot].generation >= GENERATION_MAX)
        refuse(&r, LOAD_NO_SLOT, 1, 0);
    if (r.error == LOAD_OK)
        life_begin(p, slot, &tbf, &reloc, RAM_KEEP_RESERVED, &r);
    if (r.error != LOAD_OK)
        load_report_log(&r, p->object, &tbf);
    return r.error == LOAD_OK;
}

/* ---- making one ------------------------------------------------------------------------- */

static uint32_t slot_free(void)
{
    uint32_t i = 0;
    while (i < kernel_config.slot_count &&
           (kernel_config.slots[i].process != NULL ||
            kernel_config.slots[i].generation >= GENERATION_MAX))
        i++;
    return i;
}

static uint32_t record_size(uint32_t filters)
{
    uint32_t size =
        (uint32_t)(sizeof(struct process) + grant_kinds * sizeof(void *) +
                   filters * sizeof(struct filter_entry));
    return (size + RAM_UNIT - 1) & ~(RAM_UNIT - 1);
}

void process_record_free(struct process *p)
{
    uint32_t size = record_size(p->filter_count);
    ram_free(&app_ram, (uint32_t)(uintptr_t)p + (uint32_t)sizeof *p - size,
             size);
}

/* The record, dead and without a block. It lies high, where it is least in the
 * way of blocks. NULL: there is no room for it. */
static struct process *record_make(uint32_t flash, const struct tbf *tbf,
                                   enum ram_reserve_use use)
{
    uint32_t at, size = record_size(filter_entries(tbf));
    if (ram_alloc_high(&app_ram, &at, size, use) != OK)
        return NULL;
    memset((void *)(uintptr_t)at, 0, size);
    struct process *p =
        (struct process *)(uintptr_t)(at + size - sizeof(struct process));
    p->protected_size = tbf->protected_size;
    p->filter_count = (uint8_t)filter_entries(tbf);
    p->state = PROCESS_TERMINATED;
    p->object = flash;
    block_set(p, tbf->total_size, at, 0);
    return p;
}

struct load_report process_load(uint32_t flash, const struct tbf *tbf,
                                bool keep_reserved)
{
    enum ram_reserve_use use =
        keep_reserved ? RAM_KEEP_RESERVED : RAM_USE_RESERVED;
    struct load_report r = { 0 };
    struct reloc reloc;
    uint32_t slot = slot_free();
    struct process *p = NULL;
    user_drop();
    load_check(&r, &reloc, flash, tbf);
    if (r.error == LOAD_OK && slot == kernel_config.slot_count)
        r.error = LOAD_NO_SLOT;
    if (r.error == LOAD_OK && (p = record_make(flash, tbf, use)) == NULL)
        refuse(&r, LOAD_NO_RAM, r.wanted, ram_largest(&app_ram));
    if (p == NULL)
        return r;
    life_begin(p, slot, tbf, &reloc, use, &r);
    if (r.error == LOAD_RAM_OUTSIDE) { /* there is no later */
        process_record_free(p);
    } else if (r.error == LOAD_OK || pid_next(slot, &p->pid)) {
        kernel_config.slots[slot].process = p;
        r.pid = p->pid;
    }
    return r;
}
